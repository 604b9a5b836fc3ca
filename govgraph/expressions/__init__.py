"""One small typed algebra for masks, row filters, normal forms and pushed-down predicates."""

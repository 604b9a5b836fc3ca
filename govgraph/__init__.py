"""Words every room shares: settings, errors, expressions, clock, sealing, egress, database."""

"""Words every room shares: settings, errors, expressions, clock, canonical bytes, sealing, egress, database."""

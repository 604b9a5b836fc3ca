"""The log in PostgreSQL: every replica inserts, one of them at a time puts in order and signs."""

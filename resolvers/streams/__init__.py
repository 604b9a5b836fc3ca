"""Large answers batch by batch: what leaves, and what is recorded before it does."""

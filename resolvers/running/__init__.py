"""The plan at work: each step asks its source, and what came of it is put together."""

"""The catalog, and the one graph that is built from it."""

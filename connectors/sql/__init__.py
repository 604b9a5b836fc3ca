"""Databases reached by SQL: the statement compiler and the drivers that run it."""

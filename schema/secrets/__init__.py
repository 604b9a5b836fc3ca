"""Secrets that source settings refer to."""

"""Registered operations: documents that clients ask by the digest of their text."""

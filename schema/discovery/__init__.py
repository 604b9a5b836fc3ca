"""Proposes a manifest from what a source shows of itself, with the reason of each proposal."""

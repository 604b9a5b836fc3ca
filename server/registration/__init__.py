"""The desk at which a department registers its source: one file per step, one way for all who ask."""

"""Masks: what a caller sees of a value that it may not see whole. One file per family."""

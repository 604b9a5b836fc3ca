"""Pseudonyms: the same person under one name to one consumer, under another to the next."""

from auth.masking.rule import Mask
from auth.masking.showing import CELL

HS = Mask("HS", "假名", CELL, technique="pseudonymisation", keyed=True)
"""The value itself, which the platform replaces by a keyed digest before it goes anywhere else.

The key, one for each grant, never travels to a source; so two consumers cannot join their data.
"""

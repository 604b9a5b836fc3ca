"""Grants that give nothing for a while."""

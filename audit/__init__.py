"""Tamper-evident access records: who read what, about whom, and why."""

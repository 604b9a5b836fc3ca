"""The index behind the log: what each record is found by; it can be made anew from the log at any time."""

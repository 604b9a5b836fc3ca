"""How it will be answered: from an operation to a plan of steps, each one read of one source."""

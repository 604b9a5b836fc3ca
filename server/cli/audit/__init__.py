"""`govgraph audit` and `govgraph drill`: asking the log, proving it, keeping it."""

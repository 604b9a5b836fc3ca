"""`/metrics`: numbers for the operator's Prometheus; no data, no persons."""

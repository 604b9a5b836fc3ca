"""`govgraph source`, `connector` and `egress`: a department's source on its way to the graph."""

"""The life of a query: document, plan, run, shape."""

"""One door per kind of data source."""

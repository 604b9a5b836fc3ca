"""OpenAPI documents, read into the settings of a REST source."""

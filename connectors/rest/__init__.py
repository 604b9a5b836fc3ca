"""Services reached over HTTP with JSON answers."""

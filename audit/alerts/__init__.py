"""What somebody should look at now: rules on the stream of records."""

"""What is asked: from text to a validated operation, its arguments, variables and selections."""

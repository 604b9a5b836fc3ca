"""What is kept from citizens for a while, and its release."""

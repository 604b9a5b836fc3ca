"""What a plan will do and why, told without asking any source."""

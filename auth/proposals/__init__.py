"""What one seat proposes and the holder of another approves."""

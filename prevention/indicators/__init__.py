"""What the counts mean. Reads counts and its own definitions, never content or people."""

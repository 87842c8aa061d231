"""What is read from disk besides rules. Nothing is written yet."""

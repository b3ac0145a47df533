"""What is said: messages as values, letters that leave in order and once, replies at once."""

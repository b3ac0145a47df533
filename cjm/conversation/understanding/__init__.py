"""Understanding of words: an answer that a customer wrote instead of tapping it, and what else they wrote with it."""

"""Letters about messages that are taken away: what became of them, what remains, and the words for both."""

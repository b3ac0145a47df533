"""Load and store a conversation: its context, its opening, and each move. No outbox, no use cases."""

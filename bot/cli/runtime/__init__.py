"""Runtime of every command: its context, its log, and how it ends."""

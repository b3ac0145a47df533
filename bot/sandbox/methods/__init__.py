"""Methods of the Bot API that the sandbox plays, and the values that they read and check."""

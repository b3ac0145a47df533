"""Parts of the message of a conversation: the lines of its answers so far, and the buttons of the next one."""

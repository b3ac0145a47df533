"""Take what customers write in a conversation: answers in words, comments, and edits. `worded_steps` is shared."""

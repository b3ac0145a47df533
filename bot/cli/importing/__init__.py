"""What `tropa import` does: import, try, list, undo, and the words for each."""

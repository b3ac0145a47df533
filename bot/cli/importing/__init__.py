"""The command `tropa import`: import a table, try it, list imports, take one back, and the words for each."""

"""Words of a day in the life: the same on pictures, in the chat and for `--describe`."""

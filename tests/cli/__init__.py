"""The command `tropa`, on a real database."""

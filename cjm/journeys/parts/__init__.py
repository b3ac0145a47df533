"""Parts of a journey that others read without it: its targets, and the status of a touchpoint."""

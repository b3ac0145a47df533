"""Own exports: each format gives back what was written."""

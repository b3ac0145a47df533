"""Settings from a TOML file and the environment, read once at the start."""

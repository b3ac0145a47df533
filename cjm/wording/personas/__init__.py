"""Words of personas and of channels."""

"""The only SQL: a module a noun, each a few functions of a transaction."""

"""Doors of the HTTP interface: addresses, connections and tokens, and what keeps them from being used up."""

"""Who may come in: addresses, connections and tokens, and what keeps them from being used up."""

"""Facts as they are counted: person-days, scores of places, presence, how late an answer came, and measures."""

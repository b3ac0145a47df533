"""Facts as they are counted: answers in person-days, presence, how late an answer came, and operational measures."""

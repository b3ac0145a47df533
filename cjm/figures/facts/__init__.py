"""Facts as they are counted: answers in person-days, presence, and how late an answer came."""

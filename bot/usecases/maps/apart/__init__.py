"""Process that reads figures and draws maps, apart from the one that answers customers."""

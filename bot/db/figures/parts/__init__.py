"""Parts of everyone that a person may be in: how many answered in each."""

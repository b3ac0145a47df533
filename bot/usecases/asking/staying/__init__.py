"""Asking those who do not go on from a stage, and taking such questions back once they do."""

"""Screens of journeys: the list and each one's page, what a file would change, history, drafts and archive."""

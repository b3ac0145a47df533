"""Receiving updates: polling or webhook, the inbox that stores them, and the worker that hands them to handlers."""

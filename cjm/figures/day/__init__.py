"""A day in the life: what customers do, and how they judge it, by part of their day."""

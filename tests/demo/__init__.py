"""The demo: a simulated past, made by the production write path."""

"""Composition root: make the parts of Tropa, hand them to each other, start and stop them.

One module per audience makes what that audience needs from the shared `Parts`; `bot.app.tropa` starts and stops the
whole. No other room creates its own database, clock or messenger: they are arguments there.
"""

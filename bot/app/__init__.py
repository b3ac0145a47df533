"""Composition root: make the parts of Tropa, hand them to each other, start and stop them.

One module per audience makes what that audience needs from the shared `Parts`; `bot.app.tropa` starts and stops the
whole. The use cases get the database, the clock and the messenger as arguments. Only commands, which run without the
whole, and the demo's start make a database or a clock of their own.
"""

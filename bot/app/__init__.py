"""Composition root: the only package that names every concrete class.

One module per audience makes what that audience needs from the shared `Parts`; `tropa` starts and stops the whole.
Nothing is decided here: everywhere else, things are handed in.
"""

"""Figures in words: the same on pictures, in the chat and on the command line, in every language.

Texts are asked for by key through the port `FigureWords`; the catalogues are the caller's.
"""

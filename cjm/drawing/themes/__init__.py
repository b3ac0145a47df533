"""Themes by name, a company's own, and what makes a theme readable."""

from cjm.drawing.themes.named import DARK, PRINT, Themes

__all__ = ["DARK", "PRINT", "Themes"]

"""Shapes of faces and symbols, as every renderer draws them."""

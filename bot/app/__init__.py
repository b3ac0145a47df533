"""The composition root: the only package that names every concrete class."""

"""Journey files to start from, shipped with the product.

`tests/cjm/test_templates.py` keeps them whole, in all languages, and short enough for buttons and pictures.
"""

from importlib.resources import files


def names() -> tuple[str, ...]:
    """Return the names of all templates, in alphabetical order."""
    found = (file.name for file in files(__name__).iterdir())
    return tuple(sorted(name.removesuffix(".toml") for name in found if name.endswith(".toml")))


def text(name: str) -> str:
    """Return the journey file called ``name``: TOML with its comments. Raises KeyError for an unknown name."""
    if name not in names():  # also keeps names such as "../shop" from leaving the folder
        raise KeyError(name)
    return (files(__name__) / f"{name}.toml").read_text("utf-8")

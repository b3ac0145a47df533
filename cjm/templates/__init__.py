"""Journey files to start from, shipped with the product: in one file for all languages, or in one for each.

`tests/cjm/test_templates.py` keeps them whole, in all languages, and short enough for buttons and pictures.
"""

from importlib.resources import files

FIRST = "first"
"""Template of the first hour: three stages in one language, short enough to be read before it is changed."""


def names() -> tuple[str, ...]:
    """Return the names of all templates, in alphabetical order."""
    found = (file.name for file in files(__name__).iterdir())
    return tuple(sorted({name.partition(".")[0] for name in found if name.endswith(".toml")}))


def text(name: str, language: str = "en") -> str:
    """Return the journey file called ``name``: TOML with its comments. Raises KeyError for an unknown name.

    A template for all languages uses ``language`` for customers whose own is not known.
    """
    if name not in names():  # also keeps names such as "../shop" from leaving the folder
        raise KeyError(name)
    own = files(__name__) / f"{name}.{language}.toml"
    if own.is_file():
        return own.read_text("utf-8")
    for_all = (files(__name__) / f"{name}.toml").read_text("utf-8")
    others = [each for each in ("en", "ru", "pl") if each != language]
    listed = ", ".join(f'"{each}"' for each in (language, *others))
    return for_all.replace('languages = ["en", "ru", "pl"]', f"languages = [{listed}]")

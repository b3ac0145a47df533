"""Journey files to start from, shipped with the product."""

from importlib.resources import files


def names() -> tuple[str, ...]:
    """The templates there are, by name."""
    found = (file.name for file in files(__name__).iterdir())
    return tuple(sorted(name.removesuffix(".toml") for name in found if name.endswith(".toml")))


def text(name: str) -> str:
    """The journey file called ``name``, as it stands (TOML with its comments). Raises KeyError for an unknown one."""
    if name not in names():
        raise KeyError(name)
    return (files(__name__) / f"{name}.toml").read_text("utf-8")

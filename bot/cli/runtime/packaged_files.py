"""Read files that stand beside the packages in a checkout, and inside the package `bot` when Tropa is installed."""


def read_packaged_file(name: str, folder: str = "") -> str:
    """Return the text of a file; ``folder`` is where it stands in a checkout, from its root."""
    from importlib.resources import files

    package = files("bot")
    inside = package / name
    root = package.parent  # type: ignore[attr-defined]  # in a checkout the package is a folder, so it has a parent
    return str((inside if inside.is_file() else root / folder / name).read_text("utf-8"))

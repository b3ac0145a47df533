"""Name of an import, as a mapping or the command line gives it."""

MOST_IN_AN_IMPORT_NAME = 64  # characters: it is typed again to take the import back


def check_import_name(value: str) -> str:
    """Return the name of an import; raise ValueError if it cannot be read or typed."""
    name = value.strip()
    if not name or len(name) > MOST_IN_AN_IMPORT_NAME or not name.isprintable():
        raise ValueError(f'must be 1 to {MOST_IN_AN_IMPORT_NAME} visible characters, such as "clinic-2026"')
    return name

"""The beginning of a line. Drawing reads it too, so it imports nothing."""


def begin_line(text: str) -> str:
    """Return ``text`` with its first letter as it stands at the beginning of a line; the others stay."""
    return text[:1].upper() + text[1:]

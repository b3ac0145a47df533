"""Read a journey from a TOML file, or report every mistake in it at once."""

from pathlib import Path

from cjm.errors import JourneyError, Mistake
from cjm.journeys.journey import Journey
from cjm.journeys.mistakes import check_journey
from cjm.toml_file import TomlError, decode_toml, parse_toml, read_toml_text


def read_journey(text: str | bytes, file: str, *, is_stored: bool = False) -> Journey:
    """Return the journey that ``text`` (TOML) describes; ``file`` names the file in messages.

    With ``is_stored`` the text was accepted once, so what is refused by now (a time zone, a low ``judge_from`` of an
    anonymous journey) stays readable.
    Raises JourneyError with every mistake: its line, its key path, and what would be right.
    """
    try:
        decoded = decode_toml(text) if isinstance(text, bytes) else text
        data = parse_toml(decoded)
    except TomlError as error:
        raise JourneyError(file, [Mistake("", str(error))]) from None
    journey, mistakes = check_journey(data, decoded, is_stored=is_stored)
    if journey is None or mistakes:
        raise JourneyError(file, mistakes)
    return journey


def read_journey_file(path: Path) -> Journey:
    """Return the journey in the file at ``path``. Raises JourneyError, also when the file cannot be read."""
    return read_journey(read_journey_text(path), str(path))


def read_journey_text(path: Path) -> str:
    """Return the text of a journey file. Raises JourneyError when the file cannot be read."""
    try:
        return read_toml_text(path)
    except TomlError as error:
        raise JourneyError(str(path), [Mistake("", str(error))]) from None

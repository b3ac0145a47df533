"""Rule about references: what they name must exist."""

from collections.abc import Iterator, Mapping

from cjm.journeys.outline import KnownKeys, Loc
from cjm.mistake_wording import find_similar, join_names, quote_name


def find_broken_reference(
    loc: Loc, key: str, noun: str, known: KnownKeys, former: Mapping[str, str]
) -> Iterator[tuple[Loc, str]]:
    """Yield the path and the sentence of a key that does not exist.

    If some key could not be read, only a former key or a likely slip of the pen is reported: the reference may mean
    the unreadable key.
    """
    if key in known.valid or key in known.malformed or find_similar(key, known.malformed):
        return
    if key in former:
        yield loc, f"{quote_name(key)} is a former key; write {quote_name(former[key])} instead"
    elif meant := find_similar(key, known.valid):
        yield loc, f"there is no {noun} {quote_name(key)}; did you mean {quote_name(meant)}?"
    elif not known.unreadable:
        choices = f"; choose one of {join_names(known.valid)}" if known.valid else ""
        yield loc, f"there is no {noun} {quote_name(key)}{choices}"

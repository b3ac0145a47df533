"""List the imports of a journey, or find those of one name."""

from collections.abc import Mapping, Sequence

from bot.db.engine.database import Connection, Database
from bot.db.imports import table_imports
from bot.db.imports.table_imports import ImportSummary
from bot.db.journeys import journeys
from cjm.errors import TropaError
from cjm.mistake_wording import find_similar, join_names, list_journeys, quote_name


class UnknownImport(TropaError):  # noqa: N818 - names what was asked for; nothing is broken
    """Journey or import that was asked for by a name that none has."""


class ListImports:
    """``await list_imports("shop") -> {"shop": [summaries]}``, of all journeys in force without a key.

    Raises UnknownImport when there is no such journey.
    """

    def __init__(self, db: Database) -> None:
        self._db = db

    async def __call__(self, key: str | None = None) -> Mapping[str, Sequence[ImportSummary]]:
        return await self._db.read(lambda tx: _list_imports(tx, key))

    async def find(self, key: str, name: str) -> list[ImportSummary]:
        """Return the units of one name. Raises UnknownImport that says what the name may mean."""
        found = (await self(key))[key]
        units = [unit for unit in found if unit.name == name]
        if not units:
            raise UnknownImport(_describe_unknown(key, name, list(dict.fromkeys(unit.name for unit in found))))
        return units


def _list_imports(tx: Connection, key: str | None) -> dict[str, list[ImportSummary]]:
    current = journeys.list_current(tx)
    if key is not None and key not in current:
        raise UnknownImport(f"there is no journey {quote_name(key)}; {list_journeys(current)}")
    return {each: table_imports.list_by_journey(tx, each) for each in ([key] if key is not None else current)}


def _describe_unknown(key: str, name: str, names: Sequence[str]) -> str:
    similar = find_similar(name, names)
    if similar:
        hint = f"did you mean {quote_name(similar)}?"
    else:
        hint = f"it has {join_names(names)}" if names else "it has none"
    return f"the journey {key} has no import with the name {quote_name(name)}; {hint}"

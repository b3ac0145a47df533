"""Flags of `tropa import`, and which of them go together."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportFlags:
    """Flags of one run of the command, as they were typed."""

    file: Path | None = None
    key: str | None = None
    mapping: Path | None = None
    name: str | None = None
    is_trial: bool = False
    out: Path | None = None
    strict: bool = False
    mirror: bool = False
    is_list: bool = False
    undo: str | None = None
    yes: bool = False
    is_guess: bool = False
    tool: str | None = None
    language: str | None = None

    def find_mistake(self) -> str | None:
        """Return what is wrong with the combination; None if it is fine."""
        return next(self._list_mistakes(), None)

    def _list_mistakes(self) -> Iterator[str]:
        if self.is_list:
            yield from self._refuse_others("--list", {"--journey"})
        elif self.undo is not None:
            yield from self._refuse_others("--undo", {"--journey", "--yes"})
            if self.key is None:
                yield "--undo needs --journey KEY"
        elif self.is_guess:
            yield from self._refuse_others("--guess", {"FILE", "--journey", "--name", "--tool", "--language"})
            if self.file is None:
                yield "FILE is missing"
        else:
            if self.tool is not None and self.mapping is not None:
                yield "--tool does not go with --mapping"
            if self.language is not None:
                yield "--language goes only with --guess"
            for flag, needed in (("FILE", self.file), ("--journey KEY", self.key)):
                if needed is None:
                    yield f"{flag} is missing"
            if self.mapping is None and self.tool is None:  # an export of Tropa's, whose rows are stored as they were
                unfit = {"--strict": self.strict, "--mirror": self.mirror, "--out": self.out}
                yield from (f"{flag} needs --mapping MAPPING" for flag, value in unfit.items() if value)
            if self.out is not None and not self.is_trial:
                yield "--out goes only with --dry-run"

    def _refuse_others(self, flag: str, allowed: set[str]) -> Iterator[str]:
        given = {
            "FILE": self.file, "--journey": self.key, "--mapping": self.mapping, "--name": self.name,
            "--dry-run": self.is_trial, "--out": self.out, "--strict": self.strict, "--mirror": self.mirror,
            "--undo": self.undo, "--yes": self.yes, "--tool": self.tool, "--language": self.language,
        }  # fmt: skip
        others = [other for other, value in given.items() if value and other not in {flag, *allowed}]
        if others:
            yield f"{flag} does not go with {others[0]}"

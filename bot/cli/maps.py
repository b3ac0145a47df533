"""Maps as files and in words."""

import json
from collections.abc import Sequence
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from bot.cli.command_context import CommandContext, pass_command_context, run_async
from bot.cli.program import CommandFailure

if TYPE_CHECKING:
    from bot.outbox.letters.digest_words import DigestReport
    from cjm.figures.journey_map import JourneyMap

KINDS = (".png", ".json")
LATER = (".svg", ".pdf")
A_DAY = click.DateTime(["%Y-%m-%d"])


@click.command("map")
@click.argument("key")
@click.option("--out", type=click.Path(path_type=Path), help="Where to: FILE.png or FILE.json; - prints the JSON.")
@click.option("--days", type=click.IntRange(1, 400), metavar="N", help="The last N days (28 when nothing is said).")
@click.option("--from", "first", type=A_DAY, metavar="DAY", help="The first day, such as 2026-10-01.")
@click.option("--to", "last", type=A_DAY, metavar="DAY", help="The last day (else today).")
@click.option("--segment", metavar="KEY", help="Customers of this segment only.")
@click.option("--channel", metavar="KEY", help="This channel only.")
@click.option("--layout", type=click.Choice(["phone", "wall"]), help="Of a picture; wall when nothing is said.")
@click.option("--page", type=click.IntRange(1, 20), default=1, metavar="N", help="Of a long journey on the phone.")
@click.option("--language", metavar="CODE", help="en, ru or pl; else the journey's own.")
@click.option("--describe", is_flag=True, help="Say the map in words, too.")
@pass_command_context
def map_(
    context: CommandContext,
    key: str,
    out: Path | None,
    days: int | None,
    first: datetime | None,
    last: datetime | None,
    segment: str | None,
    channel: str | None,
    layout: str | None,
    page: int,
    language: str | None,
    describe: bool,
) -> None:
    """Draw the map of the journey KEY, or write its figures."""
    if out is None and not describe:
        raise click.UsageError("--out FILE or --describe is needed.")
    if days and first:
        raise click.UsageError("--days and --from exclude each other.")
    _fitting(out, KINDS)
    made = run_async(_made(context, key, days, _day(first), _day(last), segment, channel, language))
    if describe:
        from bot.cli.map_description import describe_map

        click.echo("\n".join(describe_map(made)))
    if out is not None:
        _write(out, made, layout or "wall", page)


def _fitting(out: Path | None, kinds: Sequence[str]) -> None:
    if out is None or str(out) == "-":
        return
    if out.suffix.lower() in LATER:
        raise CommandFailure(
            f"{out}: maps cannot be written as {out.suffix[1:].upper()} yet; {' and '.join(kinds)} can"
        )
    if out.suffix.lower() not in kinds:
        raise CommandFailure(f"{out}: the file's ending says what it becomes: {' or '.join(kinds)}")
    if not out.absolute().parent.is_dir():
        raise CommandFailure(f"{out}: there is no folder {out.parent}")


def _day(moment: datetime | None) -> date | None:
    if moment is not None and not 2000 <= moment.year <= 2999:
        raise CommandFailure("a day is of the years 2000 to 2999")
    return moment.date() if moment else None


async def _made(
    context: CommandContext,
    key: str,
    days: int | None,
    first: date | None,
    last: date | None,
    segment: str | None,
    channel: str | None,
    language: str | None,
) -> "JourneyMap":
    from bot.clock import Clock
    from bot.usecases.maps.make_map import USUAL_DAYS, MakeMap, MapRequest

    _spoken(language)
    wanted = MapRequest(key, first, last, days or USUAL_DAYS, segment, channel, language)
    async with context.database() as db:
        return await MakeMap(db, Clock(), context.settings.privacy.minimum_answers)(wanted)


def _write(out: Path, made: "JourneyMap", layout: str, page: int) -> None:
    if out.suffix.lower() == ".png":
        from bot.texts import words_in
        from cjm.drawing import Layout, draw_map

        out.write_bytes(draw_map(made, words_in(made.language), layout=Layout(layout), page=page - 1))
        return
    from cjm.figures.journey_map import map_as_json

    text = json.dumps(map_as_json(made), ensure_ascii=False, indent=2)
    if str(out) == "-":
        click.echo(text)
    else:
        out.write_text(text + "\n", "utf-8")


@click.command()
@click.argument("key")
@click.option("--out", type=click.Path(path_type=Path), help="Where its picture goes: FILE.png.")
@click.option("--language", metavar="CODE", help="en, ru or pl; else the journey's own.")
@pass_command_context
def digest(context: CommandContext, key: str, out: Path | None, language: str | None) -> None:
    """Print the digest of the journey KEY as of now.

    With --out its picture is written, too. Nothing is sent.
    """
    _fitting(out, (".png",))
    report = run_async(_reported(context, key, language))
    from bot.outbox.letters.digest_words import digest_text

    click.echo(str(digest_text(report)))
    if out is not None:
        _write(out, report.map, "phone", 1)


async def _reported(context: CommandContext, key: str, language: str | None) -> "DigestReport":
    from bot.clock import Clock
    from bot.usecases.maps.make_digest import MakeDigest

    _spoken(language)
    async with context.database() as db:
        return await MakeDigest(db, Clock(), context.settings.privacy.minimum_answers)(key, language)


def _spoken(language: str | None) -> None:
    from bot.texts import LANGUAGES

    if language is not None and language not in LANGUAGES:
        raise CommandFailure(f"--language: is one of {', '.join(LANGUAGES)}")


COMMANDS = (map_, digest)

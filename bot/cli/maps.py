"""`tropa map` and `tropa digest`: maps as files and in words."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import click

from bot.cli.runtime.command_context import (
    CommandContext,
    find_command_actor,
    pass_command_context,
    run_async,
    write_file,
)
from bot.cli.runtime.option_types import DayOption, NumberInRange
from bot.cli.runtime.program import CommandFailure

if TYPE_CHECKING:
    from bot.outbox.letters.digest_words import DigestReport
    from cjm.drawing import PictureChoice
    from cjm.figures.journey_map import JourneyMap

PICTURES = (".png", ".svg", ".pdf")
ENDINGS = (*PICTURES, ".json")
DAY = DayOption()
LAYOUTS = ("phone", "wall", "slide")
LANES = ("simple", "emotion", "funnel", "full")
THEMES = ("brand", "light", "dark", "print")
KINDS = ("current", "future", "difference", "blueprint", "personas", "persona", "channels", "day")


@click.command("map")
@click.argument("key")
@click.option(
    "--out",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="FILE.png, FILE.svg, FILE.pdf or FILE.json; - prints the JSON.",
)
@click.option("--days", type=NumberInRange(1, 999_999), metavar="N", help="The last N days. Default: 28.")
@click.option("--from", "first", type=DAY, metavar="DAY", help="First day, such as 2026-10-01.")
@click.option("--to", "last", type=DAY, metavar="DAY", help="Last day. Default: today.")
@click.option("--segment", metavar="KEY", help="Only customers of this segment.")
@click.option("--channel", metavar="KEY", help="Only touchpoints of this channel.")
@click.option("--layout", type=click.Choice(LAYOUTS), default="wall", help="Layout of the picture. Default: wall.")
@click.option("--lanes", type=click.Choice(LANES), default="simple", help="Lanes of a wall. Default: simple.")
@click.option(
    "--theme", type=click.Choice(THEMES), default="brand", help="Colours. Default: brand, as [brand] sets them up."
)
@click.option(
    "--page",
    type=NumberInRange(1, 20),
    default=1,
    metavar="N",
    help="Page of a picture that has several: a persona each, or a long journey on a phone.",
)
@click.option("--kind", type=click.Choice(KINDS), help="Kind of map. Default: current, or difference with --compare.")
@click.option(
    "--compare",
    metavar="SIDE",
    help="Difference to SIDE: before, year, FROM/TO, or segment:KEY beside --segment.",
)
@click.option("--language", metavar="CODE", help="en, ru or pl. Default: the journey's language.")
@click.option("--describe", is_flag=True, help="Print the map in words.")
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
    layout: str,
    lanes: str,
    theme: str,
    page: int,
    kind: str | None,
    compare: str | None,
    language: str | None,
    describe: bool,
) -> None:
    """Draw the map of journey KEY, or write its figures."""
    if out is None and not describe:
        raise click.UsageError("--out FILE or --describe is needed.")
    if days and first:
        raise click.UsageError("use --days or --from, not both.")
    # Before the map is made: a file that cannot be written should not cost the wait.
    _check_output_file(out, ENDINGS)
    period = (_date_of(first), _date_of(last))
    journey_map = run_async(_make_map(context, key, days, *period, segment, channel, language, kind, compare))
    choice = _choose_picture(out, journey_map, layout, lanes, theme, page)
    if describe:
        from bot.cli.map_description import describe_map

        click.echo("\n".join(describe_map(journey_map)))
    if out is not None:
        _write_map(context, out, journey_map, choice)


def _check_output_file(out: Path | None, endings: Sequence[str]) -> None:
    if out is None or str(out) == "-":
        return
    if out.suffix.lower() not in endings:
        raise CommandFailure(f"{out}: the name must end in {' or '.join(endings)}")
    if not out.absolute().parent.is_dir():
        raise CommandFailure(f"{out}: there is no folder {out.parent}")


def _date_of(day: datetime | None) -> date | None:
    # Dates near the limits of the calendar would overflow when a period before is computed.
    from cjm.wall_clock import YEARS

    if day is not None and day.year not in YEARS:
        raise CommandFailure(f"{day.date()}: the year must be from {YEARS.start} to {YEARS[-1]}")
    return day.date() if day else None


async def _make_map(
    context: CommandContext,
    key: str,
    days: int | None,
    first: date | None,
    last: date | None,
    segment: str | None,
    channel: str | None,
    language: str | None,
    kind: str | None,
    compare: str | None,
) -> "JourneyMap":
    from bot.clock import Clock
    from bot.usecases.maps.export_map import ExportMap
    from bot.usecases.maps.make_map import USUAL_DAYS, MakeMap, MapRequest
    from cjm.figures.journey_map import MapKind

    _check_language(language)
    chosen = MapKind(kind) if kind else None
    request = MapRequest(key, first, last, days or USUAL_DAYS, segment, channel, language, kind=chosen, compare=compare)
    async with context.open_database() as db:
        make_map = MakeMap(db, Clock(), *_figure_settings(context))
        return await ExportMap(db, Clock(), make_map, find_command_actor())(request)


def _figure_settings(context: CommandContext) -> tuple[int, timedelta]:
    settings = context.settings
    return settings.privacy.minimum_answers, timedelta(hours=settings.asking.remind_after_hours)


def _choose_picture(
    out: Path | None, journey_map: "JourneyMap", layout: str, lanes: str, theme: str, page: int
) -> "PictureChoice | None":
    """Return the choice of the picture, None for a file without one.

    Raises CommandFailure for a page or lanes that the picture does not have.
    """
    from bot.usecases.maps.export_map import LanesError, PageError, check_lanes, check_page
    from cjm.drawing import LanePreset, Layout, PictureChoice, PictureFormat, ThemeName

    if out is None or out.suffix.lower() not in PICTURES:
        if page > 1:
            raise CommandFailure("--page: only pictures have pages")
        if lanes != LanePreset.SIMPLE:
            raise CommandFailure("--lanes: only pictures have lanes")
        return None
    try:
        check_page(journey_map, Layout(layout), page - 1)
        check_lanes(journey_map, Layout(layout), LanePreset(lanes))
    except PageError as error:
        raise CommandFailure(f"--page: {error}") from None
    except LanesError as error:
        raise CommandFailure(f"--lanes: {error}") from None
    form = PictureFormat(out.suffix.lower().removeprefix("."))
    # People count pages from 1, the drawing from 0.
    return PictureChoice(Layout(layout), form, page - 1, LanePreset(lanes), ThemeName(theme))


def _write_map(context: CommandContext, out: Path, journey_map: "JourneyMap", choice: "PictureChoice | None") -> None:
    if choice is not None:
        from bot.config.brand import make_themes
        from bot.texts import words_in
        from cjm.drawing import draw_choice

        theme = make_themes(context.settings.brand).find(choice.theme)
        write_file(out, draw_choice(journey_map, words_in(journey_map.language), choice, theme))
        return
    import json

    from cjm.figures.map_json import map_as_json

    text = json.dumps(map_as_json(journey_map), ensure_ascii=False, indent=2)
    if str(out) == "-":
        click.echo(text)
    else:
        write_file(out, f"{text}\n".encode())


@click.command()
@click.argument("key")
@click.option("--out", type=click.Path(path_type=Path), metavar="FILE.png", help="Write its picture to this file.")
@click.option("--language", metavar="CODE", help="en, ru or pl. Default: the journey's language.")
@pass_command_context
def digest(context: CommandContext, key: str, out: Path | None, language: str | None) -> None:
    """Print the digest of journey KEY as it would be sent now.

    --out writes its picture, too. Nothing is sent.
    """
    _check_output_file(out, (".png",))
    report = run_async(_make_report(context, key, language))
    from bot.outbox.letters.digest_words import digest_text

    click.echo(str(digest_text(report)))
    if out is not None:
        _write_map(context, out, report.map, _choose_picture(out, report.map, "phone", "simple", "brand", 1))


async def _make_report(context: CommandContext, key: str, language: str | None) -> "DigestReport":
    from bot.clock import Clock
    from bot.usecases.maps.export_map import ExportDigest
    from bot.usecases.maps.make_digest import MakeDigest

    _check_language(language)
    async with context.open_database() as db:
        make_digest = MakeDigest(db, Clock(), *_figure_settings(context))
        return await ExportDigest(db, Clock(), make_digest, find_command_actor())(key, language)


def _check_language(language: str | None) -> None:
    from bot.texts import LANGUAGES

    if language is not None and language not in LANGUAGES:
        raise CommandFailure(f"--language: must be one of {', '.join(LANGUAGES)}")


COMMANDS = (map_, digest)

"""`tropa qr`: a poster whose code customers scan at a touchpoint."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from bot.cli.runtime.command_context import (
    CommandContext,
    make_unknown_journey_failure,
    pass_command_context,
    run_async,
    write_file,
)
from bot.cli.runtime.program import CommandFailure

if TYPE_CHECKING:
    from bot.db.engine.database import Connection
    from cjm.drawing.poster import PosterContent
    from cjm.journeys.journey import Journey, PlacedTouchpoint

ENDINGS = (".pdf", ".png", ".svg")


@click.command()
@click.argument("touchpoint")
@click.option("--out", type=click.Path(path_type=Path), required=True, metavar="FILE", help="FILE.pdf, .png or .svg.")
@click.option("--journey", metavar="KEY", help="Journey; needed only where several have such a touchpoint.")
@click.option(
    "--language",
    "languages",
    type=click.Choice(["en", "ru", "pl"]),
    multiple=True,
    help="Language of the poster, again for each further one. Default: those of the journey.",
)
@click.option("--bot", metavar="NAME", help="User name of the bot. Default: ask for it with the token of the config.")
@pass_command_context
def qr(
    context: CommandContext,
    touchpoint: str,
    out: Path,
    journey: str | None,
    languages: tuple[str, ...],
    bot: str | None,
) -> None:
    """Write a poster for TOUCHPOINT: scanning its code is a visit.

    A visit an account and day counts, by the channel "poster".
    """
    if out.suffix.lower() not in ENDINGS:
        raise CommandFailure(f"{out}: the file must end in {', '.join(ENDINGS)}")
    if not out.absolute().parent.is_dir():
        raise CommandFailure(f"{out}: there is no folder {out.parent}")
    name = (bot or run_async(_ask_bot_name(context))).removeprefix("@")
    content = run_async(_make_content(context, touchpoint, journey, languages, name))
    from cjm.drawing.choices import PictureFormat
    from cjm.drawing.poster import draw_poster

    write_file(out, draw_poster(content, PictureFormat(out.suffix.lower()[1:])))
    click.echo(f"{out}: poster for {content.place}; its code opens {content.link}")


async def _ask_bot_name(context: CommandContext) -> str:
    from bot.app.messenger_check import BotNameError, ask_bot_name

    try:
        return await ask_bot_name(context.settings)
    except BotNameError as error:
        raise CommandFailure(f"{error}, or name the bot: --bot NAME") from None


async def _make_content(
    context: CommandContext, touchpoint: str, journey: str | None, languages: tuple[str, ...], bot: str
) -> "PosterContent":
    from bot.clock import wall_now
    from bot.db.journeys import journeys
    from bot.db.people.posters import make_poster_code

    secret = context.settings.http.link_secret.get_secret_value()

    def find(tx: "Connection") -> tuple["Journey", "PlacedTouchpoint", str]:
        found = _choose_journey(list(journeys.list_current(tx).values()), touchpoint, journey)
        place = found.touchpoints[touchpoint]
        return found, place, make_poster_code(tx, found.key, place.touchpoint.key, secret, wall_now())

    async with context.open_database() as db:
        found, place, code = await db.write(find)  # it makes the secret of links, where there is none yet
    return _write_words(found, place, languages or _list_spoken(found), f"https://t.me/{bot}?start={code}", bot, code)


def _choose_journey(in_force: list["Journey"], touchpoint: str, key: str | None) -> "Journey":
    """Return the one journey with such a touchpoint, or the one that was named. Raises CommandFailure."""
    from cjm.mistake_wording import join_names, quote_name

    named = [journey for journey in in_force if key is None or journey.key == key]
    if not named:
        if key is None:
            raise CommandFailure("there is no journey yet: apply a journey file first")
        raise make_unknown_journey_failure(key, (journey.key for journey in in_force))
    having = [journey for journey in named if touchpoint in journey.touchpoints]
    if not having:
        points = join_names(dict.fromkeys(point for journey in named for point in journey.touchpoints))
        raise CommandFailure(f"there is no touchpoint {quote_name(touchpoint)}; there are: {points}")
    if len(having) > 1:
        raise CommandFailure(
            f"several journeys have the touchpoint {touchpoint}; name one with --journey: "
            + join_names(journey.key for journey in having)
        )
    return having[0]


def _list_spoken(journey: "Journey") -> tuple[str, ...]:
    from bot.texts import LANGUAGES

    return tuple(language for language in journey.languages if language in LANGUAGES) or ("en",)


def _write_words(
    journey: "Journey", place: "PlacedTouchpoint", languages: tuple[str, ...], link: str, bot: str, code: str
) -> "PosterContent":
    from bot.texts import words_in
    from cjm.drawing.poster import PosterContent, PosterWords

    written = []
    for language in dict.fromkeys(languages):
        words = words_in(language)
        letters = words("poster.letters", bot=bot)
        written.append(PosterWords(language, words("poster.title"), words("poster.text"), letters))
    titles = (part.in_language(languages[0]) for part in (journey.title, place.touchpoint.title))
    return PosterContent(link, written, f"/start {code}", " · ".join(titles))


COMMANDS = (qr,)

"""The letters of a digest: their words, the second one that may follow, and the notices when one is lost."""

import re
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from bot.clock import FrozenClock
from bot.db.audit.audit_actions import TROPA
from bot.db.cases.case_routing import CaseRouting
from bot.db.delivery import letters, saved_views, views
from bot.db.delivery.letters import Letter
from bot.db.delivery.states import LetterState
from bot.db.delivery.views import ViewKind
from bot.db.engine.database import Connection, Database
from bot.db.journeys import journeys
from bot.messages.message import Message, Upload, utf16_length
from bot.outbox.kinds import LetterDropped, LetterOutcome
from bot.outbox.letters.digest import DigestLetter, DigestMaker
from bot.outbox.letters.digest_words import DigestReport, digest_text
from bot.outbox.letters.notice import NoticeLetter
from bot.outbox.messenger import Uncertain, Unreachable
from bot.usecases.journeys.archive_journey import ArchiveJourney
from bot.usecases.maps.make_digest import MakeDigest
from bot.usecases.maps.resend_digest import ResendDigest, ResendOutcome
from bot.usecases.maps.send_digests import SendDigests
from cjm import templates
from cjm.figures.journey_map import JourneyMap
from cjm.figures.map_view import MapView, ViewContent
from cjm.journeys.journey_file import read_journey
from tests.outbox.doubles import LIMITS, ScriptedMessenger, make_outbox
from tests.usecases.maps.digest_team import ANNA, GROUP, MONDAY, OTHER, make_team
from tests.usecases.past import apply_shop, store_answers, store_case

LAST_DAY = date(2026, 11, 22)
AGO = (2, 5, 9, 16, 23, 30)  # days


async def draw(_map: JourneyMap) -> Upload:
    return Upload("map.png", b"png", cache_key="hash")


async def worse_checkout(db: Database) -> None:
    """Store five weeks of answers; in the last one checkout falls."""

    def write(tx: Connection) -> None:
        journey = apply_shop(tx, MONDAY)
        for ago in AGO:
            day = date(2026, 11, 23) - timedelta(days=ago)
            store_answers(tx, journey, "checkout", day, ([5, 4, 4, 5, 3] if ago > 7 else [2, 1, 3, 4, 2]) * 5)
            store_answers(tx, journey, "checkout", day, ([1, 2, 0, 1] if ago > 7 else [-2, -1, -1, 0]) * 5, "emotion")
            store_answers(tx, journey, "delivery", day, [5, 4, 3, 5] * 5)
        store_case(tx, journey, "delivery", MONDAY - timedelta(days=3))

    await db.write(write)


def letter_kind(db: Database, clock: FrozenClock, minimum: int = 5) -> DigestLetter:
    return DigestLetter(db, MakeDigest(db, clock, minimum), draw, CaseRouting([make_team()], [ANNA]), LIMITS)


async def first_letter(db: Database, clock: FrozenClock, part: str = "") -> Letter:
    clock.set(MONDAY - timedelta(days=2))
    tick = SendDigests(db, clock, [make_team()])
    await tick()
    clock.set(MONDAY)
    await tick()
    found = await db.read(lambda tx: letters.find_by_key(tx, f"digest:care:2026-11-23:shop{part}"))
    assert found is not None
    return found


async def test_the_letter_says_what_changed_and_what_to_do(db: Database) -> None:
    await worse_checkout(db)
    clock = FrozenClock(MONDAY)
    message = await letter_kind(db, clock).write(await first_letter(db, clock))
    assert isinstance(message, Message)
    assert message.upload is not None
    text = str(message.text)
    assert "Buying in our shop · 16–22 Nov" in text
    assert "Weakest: Purchase" in text
    plain_spaces = re.sub("[\u00a0\u2009]", " ", text)
    assert "What really changed, 16–22 Nov against 19 Oct – 15 Nov:" in plain_spaces
    # Few people answered in a week: the range comes first, and no size that chance made large.
    found = r"↓ Checkout: between \d+ and \d+ points lower – 20% satisfied, before 80% \(50 people against 100\)"
    assert re.search(found, text)
    assert "1 opened, 0 closed. 1 waits for an answer, for 3 days already." in text
    assert "Next step: answer the open case: it has waited for 3 days." in text
    assert [b.action.verb for b in message.buttons[0] if b.action] == ["mn", "mq"]


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("en", ("No change beyond chance, 17–23", "Best:")),
        ("ru", ("перемен, отличимых от случайных колебаний, нет", "Лучше всего:")),
        ("pl", ("żadnych zmian poza przypadkowymi wahaniami", "Najlepiej:")),
    ],
)
async def test_a_steady_week_is_called_steady(db: Database, language: str, said: tuple[str, str]) -> None:
    def write(tx: Connection) -> None:
        journey = apply_shop(tx, MONDAY)
        for ago in AGO:
            store_answers(tx, journey, "delivery", date(2026, 11, 23) - timedelta(days=ago), [5, 4, 3, 5] * 5)

    await db.write(write)
    text = str(digest_text(await MakeDigest(db, FrozenClock(MONDAY), 5)("shop", language)))
    steady, best = said
    assert steady in text.replace("\u00a0", " ")
    assert best not in text  # of one judged stage


@pytest.mark.parametrize("language", ["en", "ru", "pl"])
async def test_with_few_answers_nothing_is_claimed(db: Database, language: str) -> None:
    def write(tx: Connection) -> None:
        journey = apply_shop(tx, MONDAY)
        store_answers(tx, journey, "delivery", date(2026, 11, 20), [1, 2])

    await db.write(write)
    report = await MakeDigest(db, FrozenClock(MONDAY), 5)("shop", language)
    text = str(digest_text(report))
    assert report.digest.tested == 0
    assert (report.map.best, report.digest.weakest_touchpoint) == (None, None)
    early = {"en": "Too early to tell", "ru": "Пока рано говорить", "pl": "Za wcześnie mówić"}
    assert early[language] in text
    assert "%" not in text


async def test_what_one_touchpoint_says_is_tested_once(db: Database) -> None:
    await worse_checkout(db)
    report = await MakeDigest(db, FrozenClock(MONDAY), 5)("shop", "en", last=date(2026, 11, 22))
    assert report.digest.tested == 3  # checkout's two scales, delivery's one: no stage tells them again
    assert [(f.subject, f.is_stage) for f in report.digest.changes] == [("checkout", False), ("checkout", False)]


async def test_what_does_not_fit_under_the_picture_follows_once(db: Database) -> None:
    def write(tx: Connection) -> None:
        journey = apply_shop(tx, MONDAY)
        for ago in AGO:
            day = date(2026, 11, 23) - timedelta(days=ago)
            for point in ("checkout", "delivery", "advert", "club"):
                store_answers(tx, journey, point, day, ([5, 4, 4, 5] if ago > 7 else [2, 1, 3, 4]) * 4)
                store_answers(tx, journey, point, day, ([10, 9, 8] if ago > 7 else [1, 9, 2]) * 4, "nps")

    await db.write(write)
    clock, messenger = FrozenClock(MONDAY), ScriptedMessenger()
    await first_letter(db, clock)
    ru = DigestLetter(db, _with_long_title(MakeDigest(db, clock, 5)), draw, CaseRouting([make_team()], [ANNA]), LIMITS)
    outbox = make_outbox(db, clock, messenger, [ru, NoticeLetter(db)])  # type: ignore[list-item]  # kinds are invariant in a list
    await outbox.take_over(1)
    await outbox.drain()
    texts = messenger.sent_texts(GROUP)
    assert len(texts) == 2
    assert utf16_length(texts[0]) <= LIMITS.caption_units
    whole = str(digest_text(await _with_long_title(MakeDigest(db, clock, 5))("shop", "ru", last=LAST_DAY, now=MONDAY)))
    assert "".join(texts).split() == whole.split()
    assert messenger.arrived[1][1].silent


async def test_answers_between_the_two_letters_change_neither(db: Database) -> None:
    await worse_checkout(db)
    whole = str(
        digest_text(await _with_long_title(MakeDigest(db, FrozenClock(MONDAY), 5))("shop", last=LAST_DAY, now=MONDAY))
    )
    clock, messenger = FrozenClock(MONDAY), ScriptedMessenger()

    async def draw_while_people_answer(_map: JourneyMap) -> Upload:
        await worse_checkout(db)
        return Upload("map.png", b"png", cache_key="hash")

    await first_letter(db, clock)
    make = _with_long_title(MakeDigest(db, clock, 5))
    kind = DigestLetter(db, make, draw_while_people_answer, CaseRouting([make_team()], [ANNA]), LIMITS)
    outbox = make_outbox(db, clock, messenger, [kind, NoticeLetter(db)])  # type: ignore[list-item]  # kinds are invariant in a list
    await outbox.take_over(1)
    await outbox.drain()
    texts = messenger.sent_texts(GROUP)
    assert len(texts) == 2
    assert "".join(texts).split() == whole.split()


def _with_long_title(make_digest: MakeDigest) -> DigestMaker:
    """Return a maker of digests with a long title, in the longest of our languages."""

    async def make_long_digest(key: str, language: str | None = None, **options: Any) -> DigestReport:
        del language  # it is always the longest
        report = await make_digest(key, "ru", **options)
        return replace(report, map=replace(report.map, title="Покупка " * 50))

    return make_long_digest


async def test_a_team_that_saved_a_view_for_it_gets_the_digest_of_that_view(db: Database) -> None:
    """Its segment may be gone by then: the digest says so, and is about everyone."""
    await worse_checkout(db)
    view = MapView(ViewContent.MAP, "shop", segment="new", channel="site")

    def save(tx: Connection) -> None:
        saved_id = saved_views.insert_view(tx, GROUP, "Newcomers", "shop", view.data, MONDAY)
        saved = saved_views.find(tx, saved_id, GROUP)
        assert saved is not None
        saved_views.use_for_digest(tx, GROUP, saved, is_used=True)

    await db.write(save)
    clock = FrozenClock(MONDAY)
    letter = await first_letter(db, clock)
    drawn: list[JourneyMap] = []

    async def draw_it(journey_map: JourneyMap) -> Upload:
        drawn.append(journey_map)
        return await draw(journey_map)

    async def write() -> str:
        kind = DigestLetter(db, MakeDigest(db, clock, 5), draw_it, CaseRouting([make_team()], [ANNA]), LIMITS)
        message = await kind.write(letter)
        assert isinstance(message, Message)
        return str(message.text)

    text = await write()
    assert "★ Newcomers" in text
    assert (drawn[-1].segment, drawn[-1].channel) == ("new", "site")
    assert "Cases of the whole journey:" in text
    source = templates.text("shop").replace('key = "new"', 'key = "newcomers"')
    await db.write(lambda tx: journeys.apply(tx, read_journey(source, "shop.toml"), source, now=MONDAY))
    assert "no longer in the journey" in await write()
    assert (drawn[-1].segment, drawn[-1].channel) == (None, "site")


async def test_no_second_letter_follows_when_everything_fitted(db: Database) -> None:
    await worse_checkout(db)
    clock, messenger = FrozenClock(MONDAY), ScriptedMessenger()
    await first_letter(db, clock)
    outbox = make_outbox(db, clock, messenger, [letter_kind(db, clock), NoticeLetter(db)])  # type: ignore[list-item]  # kinds are invariant in a list
    await outbox.take_over(1)
    await outbox.drain()
    assert len(messenger.sent_texts(GROUP)) == 1
    rest = await db.read(lambda tx: letters.find_by_key(tx, "digest:care:2026-11-23:shop:rest"))
    assert rest is not None
    assert rest.state is LetterState.DROPPED


async def test_the_second_letter_is_dropped_when_the_first_did_not_arrive(db: Database) -> None:
    await worse_checkout(db)
    clock = FrozenClock(MONDAY)
    rest = await first_letter(db, clock, ":rest")
    assert await letter_kind(db, clock).write(rest) == LetterDropped("the first part did not arrive")


async def test_without_a_picture_the_words_still_go(db: Database) -> None:
    from bot.usecases.maps.apart.map_process import MapProcessError

    async def fails(_map: JourneyMap) -> Upload:
        raise MapProcessError("no ink")

    await worse_checkout(db)
    clock = FrozenClock(MONDAY)
    kind = DigestLetter(db, MakeDigest(db, clock, 5), fails, CaseRouting([make_team()], [ANNA]), LIMITS)
    message = await kind.write(await first_letter(db, clock))
    assert isinstance(message, Message)
    assert message.upload is None
    assert "Checkout" in str(message.text)


async def test_a_digest_that_may_not_have_arrived_is_offered_again(db: Database) -> None:
    await worse_checkout(db)
    clock, messenger = FrozenClock(MONDAY), ScriptedMessenger()
    letter = await first_letter(db, clock)
    outbox = make_outbox(db, clock, messenger, [letter_kind(db, clock), NoticeLetter(db)])  # type: ignore[list-item]  # kinds are invariant in a list
    await outbox.take_over(1)
    messenger.will_raise(Uncertain("reset"))
    await outbox.drain()
    said = messenger.sent_texts(GROUP)
    assert any("may not have arrived" in text for text in said)
    again = ResendDigest(db, clock, CaseRouting([make_team()], [ANNA]))
    view = letter.data["view"]
    assert await again(OTHER, ANNA, view) is None  # another chat's button
    assert await again(GROUP, ANNA, view) is ResendOutcome.SENT_AGAIN
    assert await again(GROUP, ANNA, view) is ResendOutcome.NOT_NEEDED
    await outbox.drain()
    assert sum("Weakest: Purchase" in text for text in messenger.sent_texts(GROUP)) == 1


async def test_managers_are_told_of_a_digest_that_was_lost(db: Database) -> None:
    await worse_checkout(db)
    clock, messenger = FrozenClock(MONDAY), ScriptedMessenger()
    await first_letter(db, clock)
    messenger.will_raise(Unreachable("the bot was kicked"), to=GROUP)
    outbox = make_outbox(db, clock, messenger, [letter_kind(db, clock), NoticeLetter(db)])  # type: ignore[list-item]  # kinds are invariant in a list
    await outbox.take_over(1)
    await outbox.drain()
    (told,) = messenger.sent_texts(ANNA)
    assert "could not be delivered" in told
    assert "if the topic was closed or deleted, send /team in another topic" in told


async def test_settling_only_speaks_of_what_went_wrong(db: Database) -> None:
    await worse_checkout(db)
    clock = FrozenClock(MONDAY)
    letter = await first_letter(db, clock)
    kind = letter_kind(db, clock)
    before = await db.read(letters.count_by_state)
    await db.write(lambda tx: kind.settle(tx, letter, LetterOutcome(LetterState.SENT, MONDAY, message_id="5")))
    assert await db.read(letters.count_by_state) == before
    assert await db.read(lambda tx: views.find(tx, letter.data["view"], GROUP, ViewKind.DIGEST)) is not None


async def test_no_digest_of_an_archived_journey_is_posted(db: Database) -> None:
    await worse_checkout(db)
    clock = FrozenClock(MONDAY - timedelta(days=2))
    tick = SendDigests(db, clock, [make_team()])
    await tick()
    await ArchiveJourney(db, clock)("shop", True, TROPA)
    clock.set(MONDAY)
    await tick()
    assert await db.read(lambda tx: letters.find_by_key(tx, "digest:care:2026-11-23:shop")) is None

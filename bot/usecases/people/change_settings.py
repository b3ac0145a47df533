"""Read and change a customer's own settings: language, quiet hours, time zone, and what they are not asked about.

Invariants:
* A value that cannot be used changes no setting.
* A text is taken as a setting only within an hour after the person was asked for it.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from bot.clock import Clock
from bot.conversation.context import choose_language, effective_quiet_hours
from bot.db.asking import awaited_texts, invitations, mutes
from bot.db.asking.awaited_texts import AwaitedText, AwaitedTextKind
from bot.db.diary import diaries
from bot.db.engine.database import Connection, Database, lock_customer
from bot.db.journeys import journeys, renamings
from bot.db.people import customers
from bot.db.people.customers import Customer
from bot.texts import LANGUAGES
from bot.usecases.people.customer_defaults import choose_chat_language, guess_journey
from bot.usecases.people.time_zones import find_similar_zone, find_zone
from cjm.address import Address
from cjm.asking.quiet_hours import QuietHours
from cjm.asking.subject_names import ANY_JOURNEY, SubjectHistory, SubjectName
from cjm.time_zones import zone_names
from cjm.wall_clock import parse_ends

TEXT_PERIOD = timedelta(hours=1)
TYPED_SETTINGS = (AwaitedTextKind.QUIET_HOURS, AwaitedTextKind.TIME_ZONE)


class SettingMistake(StrEnum):
    """Reason why a typed setting cannot be used."""

    UNREADABLE = "wrong"
    ALL_DAY = "all_day"


@dataclass(frozen=True, slots=True)
class CustomerSettings:
    """A customer's settings as they apply now, with the defaults filled in.

    ``has_chosen_zone`` is False while a zone is assumed: the journey's, or UTC. ``quiet_hours`` None means that there
    are none.
    """

    language: str
    zone: ZoneInfo
    has_chosen_zone: bool
    quiet_hours: QuietHours | None
    is_linked: bool  # only customers who came by their personal link are asked
    has_consented: bool
    has_stopped: bool
    asks_less_often: bool
    muted_titles: tuple[str, ...]  # of the stages and touchpoints that they are not asked about
    now: datetime
    diary_messages: int | None = None  # that may still come of the diary that they keep; None without one


@dataclass(frozen=True, slots=True)
class TypedSetting:
    """Outcome of a typed setting: the settings after it. ``message_id`` is the message that asked for the text.

    ``similar_zone`` is the zone of a place that was probably meant, when the typed one is not known.
    """

    kind: AwaitedTextKind
    mistake: SettingMistake | None
    settings: CustomerSettings
    message_id: str | None
    similar_zone: str | None = None


class ChangeSettings:
    """Changes of one person's settings, by their address. Most methods return the settings as they are after it.

    ``phone_language`` is the language of the person's app, for people who chose none.
    """

    def __init__(self, db: Database, clock: Clock, quiet_hours: QuietHours | None) -> None:
        self._db, self._clock, self._quiet_hours = db, clock, quiet_hours

    async def read_settings(self, address: Address, phone_language: str | None) -> CustomerSettings:
        now = self._clock.now()
        return await self._db.read(
            lambda tx: self._current_settings(tx, customers.find_by_address(tx, address), phone_language, now)
        )

    async def set_language(self, address: Address, phone_language: str | None, language: str) -> CustomerSettings:
        """Set the language; an open question goes on in it from its next step, if its journey is written in it."""
        if language not in LANGUAGES:
            return await self.read_settings(address, phone_language)

        def translate(tx: Connection, person: Customer) -> None:
            invitation = invitations.find_open(tx, person.id)
            journey = journeys.find_version(tx, invitation.journey, invitation.version) if invitation else None
            if invitation is not None and journey is not None and invitation.language is not None:
                invitations.set_language(tx, invitation.id, choose_language(person, journey))

        columns: dict[str, str | bool] = {"language": language, "has_own_language": True}
        return await self._change(address, phone_language, columns, translate)

    async def set_quiet_hours(self, address: Address, phone_language: str | None, hours: str) -> CustomerSettings:
        """Set the hours without questions, such as "22:00-08:00"; "" means that there are none."""
        return await self._change(
            address, phone_language, {"quiet_hours": hours} if _find_hours_mistake(hours) is None else {}
        )

    async def set_zone(self, address: Address, phone_language: str | None, zone: str) -> CustomerSettings:
        return await self._change(
            address, phone_language, {"timezone": zone, "has_own_zone": True} if zone in zone_names() else {}
        )

    async def unmute_everything(self, address: Address, phone_language: str | None) -> CustomerSettings:
        """Allow questions about everything that the person did not want to be asked about."""
        now = self._clock.now()

        def write(tx: Connection) -> CustomerSettings:
            person = customers.ensure_address(tx, address, phone_language, now)
            mutes.unmute_everything(tx, person.id)
            return self._current_settings(tx, person, phone_language, now)

        return await self._db.write(write)

    async def await_text(
        self, address: Address, phone_language: str | None, kind: AwaitedTextKind, message_id: str
    ) -> CustomerSettings:
        """Take the person's next text for this setting."""
        now = self._clock.now()

        def write(tx: Connection) -> CustomerSettings:
            awaited_texts.save(tx, address, AwaitedText(kind, now, None, {"message": message_id}))
            return self._current_settings(tx, customers.find_by_address(tx, address), phone_language, now)

        return await self._db.write(write)

    async def is_awaiting_text(self, address: Address) -> bool:
        """Return whether a text from this person is for a setting."""
        now = self._clock.now()
        waiting = await self._db.read(lambda tx: awaited_texts.find(tx, address))
        return waiting is not None and _is_for_setting(waiting, now)

    async def take_text(self, address: Address, phone_language: str | None, text: str) -> TypedSetting | None:
        """Apply a typed setting. Return None when none is awaited (any more); after a mistake it is still awaited."""
        now = self._clock.now()

        def write(tx: Connection) -> TypedSetting | None:
            waiting = awaited_texts.find(tx, address)
            if waiting is None or not _is_for_setting(waiting, now):
                return None
            kind, person = waiting.kind, customers.ensure_address(tx, address, phone_language, now)
            mistake, changes = _parse_setting(kind, text)
            if mistake is None:
                customers.update_customer(tx, person.id, **changes)
                awaited_texts.delete_awaited(tx, address, kind)
            settings = self._current_settings(tx, customers.find_by_id(tx, person.id), phone_language, now)
            is_unknown_place = kind is AwaitedTextKind.TIME_ZONE and mistake is not None
            similar = find_similar_zone(text) if is_unknown_place else None
            return TypedSetting(kind, mistake, settings, waiting.data.get("message"), similar)

        return await self._db.write(write)

    async def _change(
        self,
        address: Address,
        phone_language: str | None,
        columns: dict[str, str | bool],
        follow: Callable[[Connection, Customer], None] | None = None,
    ) -> CustomerSettings:
        """Store these columns of the person; ``follow`` does what follows from it, in the same transaction."""
        now = self._clock.now()

        def write(tx: Connection) -> CustomerSettings:
            person = customers.ensure_address(tx, address, phone_language, now)
            if columns:
                customers.update_customer(tx, person.id, **columns)
            for kind in TYPED_SETTINGS:  # a tap on a button answers what was asked for as a text
                awaited_texts.delete_awaited(tx, address, kind)
            changed = customers.find_by_id(tx, person.id)
            if follow is not None and changed is not None:
                lock_customer(tx, changed.id)  # a tap at the same time stores the invitation, too
                follow(tx, changed)
            return self._current_settings(tx, changed, phone_language, now)

        return await self._db.write(write)

    def _current_settings(
        self, tx: Connection, person: Customer | None, phone_language: str | None, now: datetime
    ) -> CustomerSettings:
        journey = guess_journey(tx, person)
        zone = (person.known_zone if person is not None else None) or (journey.timezone if journey else "UTC")
        return CustomerSettings(
            language=choose_chat_language(tx, person, phone_language),
            zone=ZoneInfo(zone),
            has_chosen_zone=person is not None and person.timezone is not None,
            quiet_hours=effective_quiet_hours(person, self._quiet_hours),
            is_linked=person is not None and person.external_id is not None,
            has_consented=person is not None and person.consent_at is not None,
            has_stopped=person is not None and person.stopped_at is not None,
            asks_less_often=person is not None and person.asks_less_often,
            muted_titles=list_muted_titles(tx, person) if person is not None else (),
            now=now,
            diary_messages=_count_diary_messages(tx, person) if person is not None else None,
        )


def _count_diary_messages(tx: Connection, person: Customer) -> int | None:
    diary = diaries.find_running(tx, person.id)
    return diary.messages - diary.reached if diary is not None else None


def list_muted_titles(tx: Connection, person: Customer) -> tuple[str, ...]:
    """Return the titles of the muted stages and touchpoints, of those that a journey has no more their last ones."""
    muted = mutes.list_by_customer(tx, person.id)
    subjects = renamings.read_history(tx) if muted else SubjectHistory(())
    titles = [title for one in muted for title in _find_titles(tx, person, one, subjects)]
    return tuple(dict.fromkeys(titles))


def _find_titles(tx: Connection, person: Customer, muted: SubjectName, subjects: SubjectHistory) -> Iterator[str]:
    keys = [muted.journey] if muted.journey != ANY_JOURNEY else journeys.list_current(tx)
    for key in keys:
        names = subjects.list_names(muted._replace(journey=key))
        for journey in journeys.list_newest_first(tx, key):
            place = journey.find_latest_place(names)
            if place is not None:
                yield place.part.title.in_language(choose_language(person, journey))
                break


def _is_for_setting(awaited: AwaitedText, now: datetime) -> bool:
    return awaited.kind in TYPED_SETTINGS and now - awaited.at < TEXT_PERIOD


def _parse_setting(kind: AwaitedTextKind, text: str) -> tuple[SettingMistake | None, dict[str, str | bool]]:
    """Return what is wrong with a typed setting, or the customer's columns that it changes."""
    if kind is AwaitedTextKind.TIME_ZONE:
        zone = find_zone(text)
        return (None, {"timezone": zone, "has_own_zone": True}) if zone else (SettingMistake.UNREADABLE, {})
    mistake = _find_hours_mistake(text) if text.strip() else SettingMistake.UNREADABLE
    return (mistake, {}) if mistake else (None, {"quiet_hours": str(QuietHours.parse(text))})


def _find_hours_mistake(text: str) -> SettingMistake | None:
    try:
        QuietHours.parse(text)
    except ValueError:
        return SettingMistake.ALL_DAY if _has_equal_ends(text) else SettingMistake.UNREADABLE
    return None


def _has_equal_ends(text: str) -> bool:
    """Return whether the hours begin and end at the same time, which could mean the whole day or none of it."""
    try:
        start, end = parse_ends(text)
    except ValueError:
        return False
    return start == end

"""A customer's own settings: language, quiet hours, time zone, and whether we ask at all."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from bot.clock import Clock
from bot.conversation.context import choose_language
from bot.db.asking import awaited_texts, mutes
from bot.db.asking.awaited_texts import AwaitedText
from bot.db.engine.database import Connection, Database
from bot.db.journeys import journeys
from bot.db.people import customers
from bot.db.people.customers import Customer
from bot.texts import LANGUAGES
from bot.usecases.people.customer_defaults import choose_chat_language, guess_journey
from bot.usecases.people.time_zones import find_zone
from cjm.address import Address
from cjm.asking.quiet_hours import QuietHours
from cjm.journeys.journey import zone_names
from cjm.wall_clock import parse_span

TEXT_PERIOD = timedelta(hours=1)


class TypedSettingKind(StrEnum):
    """What the next text is awaited for."""

    QUIET = "settings-quiet"
    ZONE = "settings-zone"


class SettingMistake(StrEnum):
    """Why what was typed cannot be taken."""

    UNREADABLE = "wrong"
    ALL_DAY = "all_day"


@dataclass(frozen=True, slots=True)
class CustomerSettings:
    """A customer's settings as they count now. ``zone_chosen`` is False while the journey's zone is assumed."""

    language: str
    zone: ZoneInfo
    has_chosen_zone: bool
    quiet_hours: QuietHours | None
    has_consented: bool
    has_stopped: bool
    muted_titles: tuple[str, ...]  # titles
    now: datetime


@dataclass(frozen=True, slots=True)
class TypedSetting:
    """What became of a text that was awaited. ``message_id`` is the message that asked for it."""

    kind: TypedSettingKind
    mistake: SettingMistake | None
    settings: CustomerSettings
    message_id: str | None


class ChangeSettings:
    """Every method takes who it is and the language his phone speaks, and returns the settings as they are then."""

    def __init__(self, db: Database, clock: Clock, quiet: QuietHours | None) -> None:
        self._db, self._clock, self._quiet = db, clock, quiet

    async def read_settings(self, who: Address, language: str | None) -> CustomerSettings:
        now = self._clock.now()
        return await self._db.read(
            lambda tx: self._current_settings(tx, customers.find_by_address(tx, who), language, now)
        )

    async def set_language(self, who: Address, language: str | None, chosen: str) -> CustomerSettings:
        return await self._change(who, language, {"language": chosen} if chosen in LANGUAGES else {})

    async def set_quiet_hours(self, who: Address, language: str | None, hours: str) -> CustomerSettings:
        """``hours`` as in "22:00-08:00"; "" for none. What cannot be read changes nothing."""
        return await self._change(who, language, {"quiet_hours": hours} if _find_hours_mistake(hours) is None else {})

    async def set_zone(self, who: Address, language: str | None, zone: str) -> CustomerSettings:
        return await self._change(who, language, {"timezone": zone} if zone in zone_names() else {})

    async def unmute_everything(self, who: Address, language: str | None) -> CustomerSettings:
        """Whatever somebody did not want to be asked about may be asked again."""
        now = self._clock.now()

        def write(tx: Connection) -> CustomerSettings:
            person = customers.ensure_address(tx, who, language, now)
            mutes.unmute(tx, person.id)
            return self._current_settings(tx, person, language, now)

        return await self._db.write(write)

    async def await_text(
        self, who: Address, language: str | None, wanted: TypedSettingKind, message_id: str
    ) -> CustomerSettings:
        """The next text is for this setting."""
        now = self._clock.now()

        def write(tx: Connection) -> CustomerSettings:
            awaited_texts.save(tx, who, AwaitedText(wanted, now, None, {"message": message_id}))
            return self._current_settings(tx, customers.find_by_address(tx, who), language, now)

        return await self._db.write(write)

    async def is_awaiting_text(self, who: Address) -> bool:
        """Whether a text from this person is for a setting."""
        now = self._clock.now()
        waiting = await self._db.read(lambda tx: awaited_texts.find(tx, who))
        return waiting is not None and waiting.kind in set(TypedSettingKind) and now - waiting.at < TEXT_PERIOD

    async def take_text(self, who: Address, language: str | None, text: str) -> TypedSetting | None:
        """Take a text; None when none is awaited any more. What is wrong is awaited again."""
        now = self._clock.now()

        def write(tx: Connection) -> TypedSetting | None:
            waiting = awaited_texts.find(tx, who)
            if waiting is None or waiting.kind not in set(TypedSettingKind):
                return None
            wanted, person = TypedSettingKind(waiting.kind), customers.ensure_address(tx, who, language, now)
            wrong, changes = _parse_setting(wanted, text)
            if wrong is None:
                customers.update_customer(tx, person.id, **changes)
                awaited_texts.delete_awaited(tx, who, wanted)
            view = self._current_settings(tx, customers.find_by_id(tx, person.id), language, now)
            return TypedSetting(wanted, wrong, view, waiting.data.get("message"))

        return await self._db.write(write)

    async def _change(self, who: Address, language: str | None, columns: dict[str, str]) -> CustomerSettings:
        now = self._clock.now()

        def write(tx: Connection) -> CustomerSettings:
            person = customers.ensure_address(tx, who, language, now)
            if columns:
                customers.update_customer(tx, person.id, **columns)
            for wanted in TypedSettingKind:
                awaited_texts.delete_awaited(tx, who, wanted)
            return self._current_settings(tx, customers.find_by_id(tx, person.id), language, now)

        return await self._db.write(write)

    def _current_settings(
        self, tx: Connection, person: Customer | None, language: str | None, now: datetime
    ) -> CustomerSettings:
        journey = guess_journey(tx, person)
        own = person.quiet_hours if person is not None else None
        zone = (person.timezone if person is not None else None) or (journey.timezone if journey else "UTC")
        return CustomerSettings(
            language=choose_chat_language(tx, person, language),
            zone=ZoneInfo(zone),
            has_chosen_zone=person is not None and person.timezone is not None,
            quiet_hours=self._quiet if own is None else QuietHours.parse(own),
            has_consented=person is not None and person.consent_at is not None,
            has_stopped=person is not None and person.stopped_at is not None,
            muted_titles=list_muted_titles(tx, person, now) if person is not None else (),
            now=now,
        )


def list_muted_titles(tx: Connection, person: Customer, now: datetime) -> tuple[str, ...]:
    """What this person is not asked about, by name."""
    found = []
    for subject in mutes.list_by_customer(tx, person.id, now):
        for journey in journeys.list_current(tx).values():
            place = journey.place(subject)
            if place is not None:
                found.append((place[1] or place[0]).title.in_language(choose_language(person, journey)))
    return tuple(dict.fromkeys(found))


def _parse_setting(wanted: TypedSettingKind, text: str) -> tuple[SettingMistake | None, dict[str, str]]:
    if wanted is TypedSettingKind.ZONE:
        zone = find_zone(text)
        return (None, {"timezone": zone}) if zone else (SettingMistake.UNREADABLE, {})
    wrong = _find_hours_mistake(text) if text.strip() else SettingMistake.UNREADABLE
    return (wrong, {}) if wrong else (None, {"quiet_hours": str(QuietHours.parse(text))})


def _find_hours_mistake(text: str) -> SettingMistake | None:
    try:
        QuietHours.parse(text)
    except ValueError:
        return SettingMistake.ALL_DAY if _has_equal_ends(text) else SettingMistake.UNREADABLE
    return None


def _has_equal_ends(text: str) -> bool:
    start, _, end = text.replace("–", "-").replace("—", "-").partition("-")
    try:
        parse_span(f"{start.strip()}-00:00")
    except ValueError:
        return start.strip() == end.strip() == "00:00"
    return start.strip() == end.strip()

"""Backstage of the demo page: buttons post real events to the HTTP API, and move business time."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, Literal
from uuid import uuid4

from aiohttp import ClientSession

from bot.app.tropa import Tropa
from bot.clock import TravellingClock
from bot.db.asking import decisions
from bot.db.asking.decisions import DecisionRecord
from bot.demo.insisting import AskAnyway
from bot.demo.time_travel import LONGEST_WAIT, Journal, TimeTravel
from bot.sandbox.backstage import BackstageError, Happening, HappeningResult
from bot.texts import LANGUAGES, Words
from bot.texts.asking_reasons import reason_text
from cjm.asking.decision import AskingReason, AskingVerdict, is_sampled
from cjm.journeys.journey import Journey
from cjm.journeys.parts.touchpoint_status import TouchpointStatus
from cjm.journeys.survey import Survey
from cjm.text import LocalizedText

LONGEST_BACKDATING = timedelta(days=1)
"""A question that comes so long after its visit, or sooner, is asked at once: the visit is reported as late as that."""

_ENDED_BY_OTHERS = {AskingReason.NO_CHAT, AskingReason.NO_CONSENT}  # no time ends these, a person does
_INSISTABLE = {AskingReason.OPEN_SURVEY, AskingReason.QUIET_HOURS}


class DemoBackstage:
    """Backstage for the sandbox's page.

    ``people``: messenger id of each customer on the page, with the business's id of the same person.
    """

    def __init__(
        self,
        tropa: Tropa,
        clock: TravellingClock,
        journey: Journey,
        people: Mapping[int, str],
        token: str,
        words: Words,
        time_travel: TimeTravel,
    ) -> None:
        self._tropa, self._clock, self._journey, self._people, self._words = tropa, clock, journey, people, words
        self._time_travel = time_travel
        self._ask_anyway = AskAnyway(tropa, clock)
        self._headers = {"Authorization": f"Bearer {token}"}
        self.linked: frozenset[int] = frozenset()

    def now(self) -> datetime:
        return self._clock.now().astimezone(self._journey.zone)

    def is_linked(self, person: int) -> bool:
        return person in self.linked

    def list_happenings(self) -> Sequence[Happening]:
        """Return every live touchpoint as a button, in the order of the journey."""
        return [
            Happening(point.key, _titles(point.title), _titles(stage.title))
            for stage in self._journey.stages
            for point in stage.touchpoints
            if point.status is TouchpointStatus.LIVE
        ]

    async def start_happening(self, person: int, key: str) -> HappeningResult:
        """Post the event, decide at once, and return what comes of it."""
        surveys = self._list_surveys(key)
        delays = [survey.delay for survey in surveys if survey.delay <= LONGEST_BACKDATING]
        event = {
            "id": _make_sampled_id(surveys),
            "customer": self._people[person],
            "journey": self._journey.key,
            "touchpoint": key,
            "at": (self._clock.now() - max(delays, default=timedelta())).isoformat(),
        }
        answer = await self._call_api("POST", "/v1/events", event)
        result = answer["results"][0]
        if result["status"] == "rejected":
            raise BackstageError(
                self._words("demo.refused", error="; ".join(error["message"] for error in result["errors"]))
            )
        # The tick would decide within seconds; a person who pressed a button should not wait.
        await self._tropa.run_asking_tick()
        stored = await self._tropa.db.read(lambda tx: decisions.list_by_event(tx, event["id"]))
        return self._result(key, stored)

    def _list_surveys(self, key: str) -> list[Survey]:
        return [survey for survey in self._journey.surveys if survey.on.touchpoint == key]

    def _result(self, key: str, stored: Sequence[DecisionRecord]) -> HappeningResult:
        title = self._journey.touchpoints[key].touchpoint.title.in_language(self._words.language)
        # One event can start several surveys; a skipped one is news only when nothing else comes.
        relevant = [decision for decision in stored if decision.verdict is not AskingVerdict.SKIP] or stored
        sentences = [self._decision_sentence(decision, is_first=n == 0) for n, decision in enumerate(relevant)] or [
            self._words("demo.no_survey")
        ]
        return HappeningResult(
            " ".join([self._words("demo.happened", title=title), *dict.fromkeys(sentences)]),
            may_insist=any(decision.reason in _INSISTABLE for decision in relevant),
        )

    def _decision_sentence(self, decision: DecisionRecord, *, is_first: bool) -> str:
        reason = reason_text(self._words, decision.verdict, decision.reason)
        if decision.verdict is AskingVerdict.ASK:
            return self._words("demo.asked")
        if decision.until is None:
            return self._words("demo.skipped", reason=reason)
        if decision.reason == AskingReason.OPEN_SURVEY:
            # The stored time is only when the rules look again; the question waits for the other one.
            return self._words("demo.held_open")
        if decision.reason in _ENDED_BY_OTHERS:
            return self._words("demo.held_back", reason=reason)
        until = self._words.moment(decision.until.astimezone(self._journey.zone))
        return self._words("demo.held" if is_first else "demo.held_too", when=until, reason=reason)

    async def insist(self, person: int) -> str:
        """Ask what waits for this person although another question is open, or it is night."""
        is_asked = await self._ask_anyway(self._people[person])
        return self._words("demo.asked" if is_asked else "demo.nothing_to_ask")

    async def create_link(self, person: int) -> str:
        """Create the personal link over the HTTP API, as a business would."""
        answer = await self._call_api(
            "PUT", f"/v1/customers/{self._people[person]}", {"language": self._words.language}
        )
        return str(answer["link"])

    async def _call_api(self, method: str, path: str, body: Mapping[str, object]) -> dict[str, Any]:
        async with (
            ClientSession(headers=self._headers) as session,
            session.request(method, self._tropa.url + path, json=body) as response,
        ):
            answer: dict[str, Any] = await response.json()
        if "error" in answer:
            raise BackstageError(self._words("demo.refused", error=answer["error"]["message"]))
        return answer

    async def travel(self, to: timedelta | Literal["next"]) -> str:
        """Move business time, and return what happened as sentences for the page."""
        if to == "next":
            journal = await self._time_travel.travel_to_next_change()
        else:
            journal = await self._time_travel.travel_by(to)
        return self._journal_text(journal, was_to_next=to == "next")

    def _journal_text(self, journal: Journal, *, was_to_next: bool) -> str:
        counts = journal.counts
        sentences = [self._words("demo.arrived", when=self._words.moment(self.now()))]
        if journal.changed:
            sentences.append(self._words("demo.changed", chats=", ".join(journal.changed)))
        elif was_to_next:
            sentences.append(self._words("demo.nothing_due", days=LONGEST_WAIT.days))
        if counts.visits or counts.answers:
            others = {"visits": counts.visits, "answers": counts.answers, "complaints": counts.complaints}
            sentences.append(self._words("demo.others", **others))
        return " ".join(sentences)


def _make_sampled_id(surveys: Sequence[Survey]) -> str:
    """Return a new event id that is in the sampling share of all these surveys: a newcomer should see questions."""
    while True:
        # A new id for every press: the same event may happen to a customer again.
        event_id = f"demo-{uuid4().hex}"
        if all(is_sampled(event_id, survey) for survey in surveys if survey.share > 0):
            return event_id


def _titles(text: LocalizedText) -> dict[str, str]:
    return {language: text.in_language(language) for language in LANGUAGES}

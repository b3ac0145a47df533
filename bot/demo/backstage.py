"""Backstage of the demo page: buttons post real events to the HTTP API, and move business time."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, Literal
from uuid import uuid4

from aiohttp import ClientSession

from bot.app.tropa import Tropa
from bot.clock import TravellingClock
from bot.db.asking import decisions
from bot.db.asking.decisions import DecisionRecord
from bot.demo.walks import JOURNEY
from bot.sandbox.backstage import BackstageError, Happening
from bot.texts import LANGUAGES, Words
from cjm.asking.decision import AskingVerdict
from cjm.journeys.journey import Journey, TouchpointStatus
from cjm.text import LocalizedText

# In one jump through time. After them a jump over a span goes straight to its end, a jump to the next change ends.
MOST_STOPS = 400


class DemoBackstage:
    """Backstage for the sandbox's page.

    ``people``: messenger id of each customer on the page, with the business's id of the same person.
    ``count_changes``: number of messages posted, edited and deleted so far in the chats of the page.
    """

    def __init__(
        self,
        tropa: Tropa,
        clock: TravellingClock,
        journey: Journey,
        people: Mapping[int, str],
        token: str,
        words: Words,
        count_changes: Callable[[], int],
    ) -> None:
        self._count_changes = count_changes
        self._tropa, self._clock, self._journey, self._people, self._words = tropa, clock, journey, people, words
        self._headers = {"Authorization": f"Bearer {token}"}

    def now(self) -> datetime:
        return self._clock.now().astimezone(self._journey.zone)

    def list_happenings(self) -> Sequence[Happening]:
        """Return every live touchpoint as a button, in the order of the journey."""
        return [
            Happening(point.key, _titles(point.title), _titles(stage.title))
            for stage in self._journey.stages
            for point in stage.touchpoints
            if point.status is TouchpointStatus.LIVE
        ]

    async def start_happening(self, person: int, key: str) -> str:
        """Post the event, decide at once, and return what comes of it."""
        event = {
            # A new id for every press: the same event may happen to a customer again.
            "id": f"demo-{uuid4().hex}",
            "customer": self._people[person],
            "journey": JOURNEY,
            "touchpoint": key,
            "at": self._clock.now().isoformat(),
        }
        answer = await self._call_api("POST", "/v1/events", event)
        result = answer["results"][0]
        if result["status"] == "rejected":
            raise BackstageError(
                self._words("demo.refused", error="; ".join(error["message"] for error in result["errors"]))
            )
        # The tick would decide within seconds; a person who pressed a button should not wait.
        await self._tropa.run_asking_tick()
        title = self._journey.touchpoints[key].touchpoint.title.in_language(self._words.language)
        stored = await self._tropa.db.read(lambda tx: decisions.list_by_event(tx, event["id"]))
        # One event can start several surveys; a skipped one is news only when nothing else comes.
        relevant = [decision for decision in stored if decision.verdict is not AskingVerdict.SKIP] or stored
        sentences = [self._decision_sentence(decision, is_first=n == 0) for n, decision in enumerate(relevant)] or [
            self._words("demo.no_survey")
        ]
        return " ".join([self._words("demo.happened", title=title), *dict.fromkeys(sentences)])

    def _decision_sentence(self, decision: DecisionRecord, *, is_first: bool) -> str:
        reason = self._words(f"asking.reason.{decision.reason}")
        if decision.verdict is AskingVerdict.ASK:
            return self._words("demo.asked")
        if decision.until is None:
            return self._words("demo.skipped", reason=reason)
        until = self._words.moment(decision.until.astimezone(self._journey.zone))
        return self._words("demo.held" if is_first else "demo.held_too", when=until, reason=reason)

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
        """Move business time, stopping wherever something falls due, and return a sentence for the page."""
        if to == "next":
            if not await self._travel_to_next_change():
                return self._words("demo.nothing_due")
        else:
            await self._travel_to(self._clock.now() + to)
        return self._words("demo.arrived", when=self._words.moment(self.now()))

    async def _travel_to_next_change(self) -> bool:
        """Travel until a chat of the page changes, at most MOST_STOPS times; return False when nothing is due."""
        before = self._count_changes()
        for _ in range(MOST_STOPS):
            upcoming = await self._tropa.find_next_due()
            if upcoming is None:
                return False
            await self._stop_at(upcoming)
            if self._count_changes() != before:
                break
        return True

    async def _travel_to(self, target: datetime) -> None:
        for _ in range(MOST_STOPS):
            upcoming = await self._tropa.find_next_due()
            if upcoming is None or upcoming >= target:
                break
            await self._stop_at(upcoming)
        await self._stop_at(target)

    async def _stop_at(self, time: datetime) -> None:
        # A second later than due: comparisons with "now" must see it as past.
        self._clock.travel_to(max(time, self._clock.now()) + timedelta(seconds=1))
        await self._tropa.settle()


def _titles(text: LocalizedText) -> dict[str, str]:
    return {language: text.in_language(language) for language in LANGUAGES}

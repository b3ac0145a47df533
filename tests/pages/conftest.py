"""The page in a browser, over a sandbox with a small bot and a backstage without a product."""

import asyncio
import contextlib
import html
import shutil
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, Literal

import aiohttp
import pytest
import pytest_asyncio
from playwright.async_api import Browser, Page, async_playwright, expect

from bot.sandbox import BackstageError, Cast, Group, Happening, HappeningResult, Person, Sandbox
from tests.sandbox.conftest import Caller

WAIT = 150_000  # milliseconds, for a machine that is busy with other tests
expect.set_options(timeout=WAIT)
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


def find_chromium() -> str | None:
    """Return the browser: the shell without windows, if it is here, which draws the same pages for half the work."""
    names = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
    return next((found for name in names if (found := shutil.which(name))), None)


class FakeBackstage:
    """Backstage without a product: it records the happenings, and its time moves at once."""

    def __init__(self) -> None:
        self.moment = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)
        self.happened: list[tuple[int, str]] = []
        self.linked: set[int] = set()
        self.gate = asyncio.Event()
        self.gate.set()
        stage = {"en": "Purchase", "ru": "Покупка", "pl": "Zakup"}
        self.happenings = [
            Happening("t:pay", {"en": "Paid at the till", "ru": "Оплата", "pl": "Płatność"}, stage),
            Happening("t:late", {"en": "Delivery was late"}, {"en": "After purchase"}),
        ]

    def list_happenings(self) -> list[Happening]:
        return self.happenings

    async def start_happening(self, person: int, key: str) -> HappeningResult:
        if key == "t:late":
            raise BackstageError("This customer has not bought anything yet.")
        self.happened.append((person, key))
        return HappeningResult("Paid: a question follows.", may_insist=True)

    async def insist(self, person: int) -> str:
        self.happened.append((person, "insisted"))
        return "A question follows."

    def is_linked(self, person: int) -> bool:
        return person in self.linked

    async def create_link(self, person: int) -> str:
        return f"https://t.me/tropa_bot?start=link-{person}"

    def now(self) -> datetime:
        return self.moment

    async def travel(self, to: timedelta | Literal["next"]) -> str:
        await self.gate.wait()
        self.moment += timedelta(hours=2) if to == "next" else to
        return "It is later now."


MARKUP = {"inline_keyboard": [[{"text": "Good", "callback_data": "good"}, {"text": "Bad", "callback_data": "bad"}]]}


@dataclass
class EchoBot:
    """Small bot: greets, echoes, and answers presses while `gate` is open."""

    call: Caller
    gate: asyncio.Event = field(default_factory=asyncio.Event)

    async def run(self) -> None:
        offset = 0
        while True:
            for update in await self.call.get_updates(offset=offset, timeout=30):
                offset = update["update_id"] + 1
                if "message" in update:
                    await self.handle_message(update["message"])
                elif "callback_query" in update:
                    await self.handle_press(update["callback_query"])

    async def handle_message(self, message: dict[str, Any]) -> None:
        chat, text = message["chat"]["id"], message.get("text", "")
        if text.startswith("/start"):
            hello = f"Hello {html.escape(message['from']['first_name'])}! <b>How was it?</b> {text[7:]}"
            await self.call("sendMessage", chat_id=chat, text=hello, parse_mode="HTML", reply_markup=MARKUP)
        elif "photo" in message:
            await self.call("sendPhoto", chat_id=chat, photo=message["photo"][-1]["file_id"], caption="your photo")
        elif "voice" in message:
            await self.call("sendMessage", chat_id=chat, text=f"{message['voice']['duration']} seconds")
        elif text:
            answered = {"message_id": message["message_id"]}
            await self.call("sendMessage", chat_id=chat, text=f"echo: {text}", reply_parameters=answered)

    async def handle_press(self, query: dict[str, Any]) -> None:
        await self.gate.wait()
        message = query["message"]
        place = {"chat_id": message["chat"]["id"], "message_id": message["message_id"]}
        await self.call("editMessageText", **place, text=f"You said {query['data']}.")
        await self.call("answerCallbackQuery", callback_query_id=query["id"], text="Noted, thank you")


@dataclass
class PageStage:
    sandbox: Sandbox
    backstage: FakeBackstage
    bot: EchoBot
    anna: Person
    boris: Person
    mia: Person
    team: Group


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def browser() -> AsyncIterator[Browser]:
    path = find_chromium()
    if path is None:
        pytest.skip("there is no Chromium on this machine")
    async with async_playwright() as playwright:
        running = await playwright.chromium.launch(executable_path=path, args=ARGUMENTS)
        yield running
        await running.close()


@pytest_asyncio.fixture(loop_scope="module")
async def stage() -> AsyncIterator[PageStage]:
    backstage = FakeBackstage()
    async with Sandbox(now=backstage.now) as sandbox, aiohttp.ClientSession() as session:
        anna, boris = sandbox.add_person("Anna"), sandbox.add_person("Boris", language="ru")
        mia = sandbox.add_person("Mia")
        team = sandbox.add_group("Care team", mia)
        await team.add_bot(mia)
        sandbox.page.set_backstage(backstage, Cast([anna.id, boris.id], mia.id, team.id))
        bot = EchoBot(Caller(sandbox, session))
        bot.gate.set()
        running = asyncio.create_task(bot.run())
        yield PageStage(sandbox, backstage, bot, anna, boris, mia, team)
        running.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await running


async def open_page(browser: Browser, stage: PageStage, width: int, height: int) -> AsyncIterator[Page]:
    """Open the page in a new window. A message on its console or a script error fails the test."""
    context = await browser.new_context(viewport={"width": width, "height": height}, locale="en-GB")
    page = await context.new_page()
    page.set_default_timeout(WAIT)
    words: list[str] = []
    page.on("console", lambda message: words.append(f"{message.type}: {message.text}"))
    page.on("pageerror", lambda error: words.append(str(error)))
    await page.goto(stage.sandbox.page_url)
    await page.wait_for_selector("body[data-ready]")
    yield page
    await context.close()
    assert words == []


async def resize(page: Page, width: int, height: int) -> None:
    """Give the page another size, and wait until its scripts have moved what stands elsewhere at that size."""
    await page.set_viewport_size({"width": width, "height": height})
    await page.evaluate("new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))")


@pytest_asyncio.fixture(loop_scope="module")
async def page(browser: Browser, stage: PageStage) -> AsyncIterator[Page]:
    async for each in open_page(browser, stage, 1440, 900):
        yield each


@pytest_asyncio.fixture(loop_scope="module")
async def phone(browser: Browser, stage: PageStage) -> AsyncIterator[Page]:
    async for each in open_page(browser, stage, 390, 844):
        yield each

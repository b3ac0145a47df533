"""Items of a body are read as it arrives: the same values for any chunks, within limits, and with turns for others."""

import asyncio
import itertools
import json
from collections.abc import Iterator
from typing import Any, cast

import pytest
from aiohttp.test_utils import make_mocked_request
from aiohttp.web import Request
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.http.reading.bodies import BODY_SECONDS, MOST_BYTES, MOST_ITEM_BYTES, read_chunks
from bot.http.reading.items import UnreadableItem, read_items
from bot.http.reading.json_reader import ItemTooLarge, JsonReader, NotJson
from bot.http.refusals import HttpRefusal
from bot.http.sources.source import read_event
from tests.depth import choose_depth

JSON, LINES = "application/json", "application/x-ndjson"
LIMIT = 50
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=6,
)


class Chunks:
    """Body that counts how much of it was read."""

    def __init__(self, chunks: Iterator[bytes]) -> None:
        self._chunks, self.taken = chunks, 0

    async def readany(self) -> bytes:
        chunk = next(self._chunks, b"")
        self.taken += len(chunk)
        return chunk


def make_request(chunks: Chunks, kind: str, told_length: int | None = None) -> Request:
    """Return a request; ``told_length`` is its Content-Length: a small body with one is parsed at once."""
    headers = {"Content-Type": kind} | ({} if told_length is None else {"Content-Length": str(told_length)})
    return make_mocked_request("POST", "/v1/events", headers=headers, payload=cast(Any, chunks))


async def read_all(chunks: Chunks, kind: str, told_length: int | None = None) -> list[Any]:
    return [item.value async for item in read_items(make_request(chunks, kind, told_length), LIMIT)]


async def read_refusal(chunks: Chunks, kind: str, told_length: int | None = None) -> HttpRefusal:
    with pytest.raises(HttpRefusal) as caught:
        await read_all(chunks, kind, told_length)
    return caught.value


def cut(body: bytes, size: int) -> Iterator[bytes]:
    return (body[start : start + size] for start in range(0, len(body), size))


@settings(max_examples=choose_depth(40, 2000), deadline=None)
@given(st.lists(VALUES, max_size=5), st.integers(1, 40), st.booleans(), st.sampled_from([None, 1]))
def test_values_are_the_same_however_the_body_arrives(
    values: list[Any], size: int, ascii_only: bool, indent: int | None
) -> None:
    body = b"\xef\xbb\xbf" + json.dumps(values, ensure_ascii=ascii_only, indent=indent).encode("utf-8", "replace")
    for told_length in (None, len(body)):
        read = asyncio.run(read_all(Chunks(cut(body, size)), JSON, told_length))
        assert read == json.loads(body.decode("utf-8-sig"))
    lines = "\n".join(["", *(json.dumps(value) for value in [0, *values]), " "]).encode()
    assert asyncio.run(read_all(Chunks(cut(lines, size)), LINES)) == [0, *values]


@settings(max_examples=choose_depth(40, 5000), deadline=None)
@given(st.text('[]{},:"\\\\ue1 .tn\n', max_size=30) | st.text(max_size=8), st.integers(1, 7))
def test_bodies_are_json_exactly_when_a_parser_of_whole_texts_says_so(text: str, size: int) -> None:
    body = text.encode("utf-8", "surrogatepass")
    for told_length in (None, len(body)):
        chunks = Chunks(cut(body, size))
        try:
            whole = json.loads(body)
        except ValueError:
            assert asyncio.run(read_refusal(chunks, JSON, told_length)).status == 400
        else:
            read = asyncio.run(read_all(chunks, JSON, told_length))
            assert json.dumps(read) == json.dumps(whole if isinstance(whole, list) else [whole])


async def test_a_small_list_of_too_many_items_is_refused_too() -> None:
    body = json.dumps([1] * (LIMIT + 1)).encode()
    assert (await read_refusal(Chunks(iter([body])), JSON, len(body))).status == 413


async def test_endless_list_is_refused_at_the_first_item_too_many() -> None:
    chunks = Chunks(itertools.chain([b"["], itertools.repeat(b"{},")))
    assert (await read_refusal(chunks, JSON)).status == 413
    assert chunks.taken <= 5000


async def test_lines_are_handed_on_as_they_come_however_many_there_are() -> None:
    chunks, place = Chunks(itertools.repeat(b"x" * 40_000 + b"\n")), 0
    async for item in read_items(make_request(chunks, LINES), LIMIT):
        place += 1
        assert item.place == place - 1
        assert chunks.taken <= place * 40_001
        if chunks.taken > 2 * MOST_BYTES:
            return


@pytest.mark.parametrize("seconds", [BODY_SECONDS - 1, BODY_SECONDS + 1])
async def test_each_10_mb_of_endless_lines_have_their_time(seconds: float, monkeypatch: pytest.MonkeyPatch) -> None:
    """The time that is spent on lines does not count; only waiting for more does."""
    loop, waited = asyncio.get_running_loop(), 0.0

    class SlowChunks(Chunks):
        async def readany(self) -> bytes:
            nonlocal waited
            waited += seconds / 10
            if waited > BODY_SECONDS * 3:
                return b""
            for _ in range(3):  # so that a deadline which has gone by is noticed
                await asyncio.sleep(0)
            return b"1\n" * (MOST_BYTES // 20 + 1)

    now = loop.time()
    monkeypatch.setattr(loop, "time", lambda: now + waited)
    request = make_request(SlowChunks(iter([])), LINES)
    if seconds < BODY_SECONDS:
        assert [chunk async for chunk in read_chunks(request, is_endless=True)]
    else:
        with pytest.raises(HttpRefusal) as caught:
            [chunk async for chunk in read_chunks(request, is_endless=True)]
        assert caught.value.status == 408


@pytest.mark.parametrize("space", [b" \n" * 5000, b"\r" * 10_000])
@pytest.mark.parametrize("kind", [JSON, LINES])
async def test_endless_white_space_is_refused_at_the_limit(kind: str, space: bytes) -> None:
    chunks = Chunks(itertools.repeat(space))
    assert (await read_refusal(chunks, kind)).status == 413
    assert chunks.taken <= MOST_BYTES + len(space)


@pytest.mark.parametrize("begin", [b'{"a": "', b'[{"a":"', b'["'])
async def test_endless_value_is_refused_before_more_than_one_value_is_kept(begin: bytes) -> None:
    chunks = Chunks(itertools.chain([begin], itertools.repeat(b"x" * 1000)))
    assert (await read_refusal(chunks, JSON)).status == 413
    assert chunks.taken <= MOST_ITEM_BYTES + 2000


async def test_line_that_is_too_large_does_not_stop_the_others() -> None:
    body = [b"1\n", *[b"x" * 1000] * 200, b"\n2\n"]
    assert await read_all(Chunks(iter(body)), LINES) == [1, UnreadableItem("is larger than 64 KB"), 2]


@pytest.mark.parametrize("size", [MOST_ITEM_BYTES, MOST_ITEM_BYTES + 1])
async def test_value_may_be_as_large_as_the_limit_says(size: int) -> None:
    async def arrive() -> Any:
        for chunk in cut(b'"%s" ' % (b"x" * (size - 2)), 5000):
            yield chunk

    reader = JsonReader(arrive(), MOST_ITEM_BYTES)
    if size <= MOST_ITEM_BYTES:
        assert len(await reader.read_last_value()) == size - 2
    else:
        with pytest.raises(ItemTooLarge):
            await reader.read_last_value()


async def test_mistake_in_a_large_value_is_not_called_large() -> None:
    async def arrive() -> Any:
        yield b'{"a": oops, "b": "'
        yield b"x" * 200_000

    with pytest.raises(NotJson):
        await JsonReader(arrive(), MOST_ITEM_BYTES).read_value()


async def test_slowly_arriving_value_is_parsed_few_times() -> None:
    """A parser that begins again with each byte reads half the square of the bytes."""
    body, parsed = b'"%s"' % (b"x" * 20_000), 0

    class CountingReader(JsonReader):
        async def _fill(self, size: int) -> None:
            nonlocal parsed
            parsed += 1
            await super()._fill(size)

    async def arrive() -> Any:
        for chunk in cut(body, 1):
            yield chunk

    assert len(await CountingReader(arrive(), MOST_ITEM_BYTES).read_last_value()) == 20_000
    assert parsed < 20


async def test_others_get_turns_while_many_mistaken_events_are_read() -> None:
    line = json.dumps({f"key-{n}": n for n in range(100)}).encode() + b"\n"
    turns = 0

    async def take_turns() -> None:
        nonlocal turns
        while True:
            await asyncio.sleep(0)
            turns += 1

    other = asyncio.create_task(take_turns())
    chunks = Chunks(itertools.repeat(line, 1000))
    request = make_request(chunks, LINES)
    posted = [read_event(item.value, "") async for item in read_items(request, 1000)]
    other.cancel()
    assert len(posted) == 1000
    assert turns > 5

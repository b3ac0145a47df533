"""The address behind trusted proxies cannot be invented, and wrong tokens are answered later and later."""

import asyncio
from ipaddress import ip_network
from typing import Any, cast

import pytest
from aiohttp.test_utils import make_mocked_request
from hypothesis import given
from hypothesis import strategies as st

from bot.http.doors.addresses import ClientAddresses, count_address, parse_address
from bot.http.doors.wrong_tokens import (
    FORGET_SECONDS,
    FREE_MISTAKES,
    LONGEST_DELAY,
    MOST_ADDRESSES,
    MOST_WAITING_PER_ADDRESS,
    WrongTokens,
)
from bot.http.refusals import HttpRefusal

PROXIES = [ip_network("10.0.0.0/8"), ip_network("fd00::/8")]


class Transport:
    """Transport that says where a request comes from."""

    def __init__(self, address: str) -> None:
        self.address = address

    def get_extra_info(self, name: str, default: object = None) -> object:
        return (self.address, 5000) if name == "peername" else default


def find(peer: str, *forwarded: str) -> str:
    headers = cast(Any, [("X-Forwarded-For", value) for value in forwarded])
    return ClientAddresses(PROXIES).find(make_mocked_request("GET", "/", headers, transport=Transport(peer)))


@pytest.mark.parametrize(
    ("peer", "forwarded", "address"),
    [
        ("203.0.113.5", (), "203.0.113.5"),
        ("203.0.113.5", ("198.51.100.1",), "203.0.113.5"),  # nobody who is trusted wrote it
        ("10.0.0.1", ("198.51.100.1",), "198.51.100.1"),
        ("10.0.0.1", ("1.1.1.1, 198.51.100.1",), "198.51.100.1"),  # the first one is the sender's invention
        ("10.0.0.1", ("1.1.1.1", "198.51.100.1"), "198.51.100.1"),
        ("10.0.0.1", ("198.51.100.1, 10.0.0.2, 10.0.0.3",), "198.51.100.1"),
        ("10.0.0.1", ("10.0.0.2",), "10.0.0.2"),
        ("10.0.0.1", (), "10.0.0.1"),
        ("10.0.0.1", ("",), "10.0.0.1"),
        ("10.0.0.1", ("198.51.100.1, unknown",), "10.0.0.1"),
        ("10.0.0.1", ("198.51.100.1:4711",), "198.51.100.1"),
        ("::ffff:10.0.0.1", ("[2001:db8:1:2:3::4]:4711",), "2001:db8:1:2::/64"),
        ("fd00::1", ("2001:db8:1:2::9",), "2001:db8:1:2::/64"),
    ],
)
def test_address_is_the_last_one_that_is_no_trusted_proxy(peer: str, forwarded: tuple[str, ...], address: str) -> None:
    assert find(peer, *forwarded) == address


@given(st.text(max_size=20), st.text("0123456789abcdef.:[]%, ", max_size=40))
def test_no_header_is_an_error_and_no_invention_before_the_last_address_counts(invented: str, other: str) -> None:
    assert find("10.0.0.1", f"{invented}, {other}, 198.51.100.1") == "198.51.100.1"
    find("10.0.0.1", invented, other)
    assert count_address(invented) == "" or parse_address(invented)


def test_delay_grows_and_is_forgotten() -> None:
    now = 0.0
    wrong = WrongTokens(lambda: now)
    delays = [wrong.count("a") for _ in range(20)]
    assert delays[:FREE_MISTAKES] == [0.0] * FREE_MISTAKES
    assert delays == sorted(delays)
    assert delays[-1] == LONGEST_DELAY
    assert wrong.count("b") == 0  # each address for itself
    now = FORGET_SECONDS + 1
    assert wrong.count("a") == 0


def test_many_addresses_fill_no_memory_and_make_none_of_the_guilty_forgotten() -> None:
    wrong = WrongTokens(lambda: 0.0)
    for number in range(MOST_ADDRESSES + 500):
        wrong.count(str(number))
        if number % 1000 == 0:
            last = wrong.count("guilty")
    assert len(wrong._seen) == MOST_ADDRESSES
    assert last == LONGEST_DELAY


async def test_few_refusals_of_one_address_wait_and_the_others_are_sent_away() -> None:
    wrong = WrongTokens(lambda: 0.0)
    for _ in range(FREE_MISTAKES + 6):
        wrong.count("a")
    waiting = [asyncio.create_task(wrong.delay("a")) for _ in range(MOST_WAITING_PER_ADDRESS)]
    await asyncio.sleep(0)
    with pytest.raises(HttpRefusal) as caught:
        await wrong.delay("a")
    assert caught.value.status == 429
    await wrong.delay("b")  # somebody else is answered as ever
    for task in waiting:
        task.cancel()
    await asyncio.gather(*waiting, return_exceptions=True)
    assert not wrong._waiting

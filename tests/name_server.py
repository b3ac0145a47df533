"""Name server for the tests, on loopback: as Docker's own one does, it answers one name with several addresses."""

import asyncio
import ipaddress
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import cast

_ANSWER = b"\x81\x80"  # flags: a response without an error
_NAME_OF_QUESTION = b"\xc0\x0c"
_ADDRESS_RECORD = b"\x00\x01\x00\x01\x00\x00\x00\x01\x00\x04"  # of type A, for a second, four bytes


def make_answer(question: bytes, addresses: Sequence[str]) -> bytes:
    """Return the answer to a question for the addresses of a name, whatever name it is."""
    head = question[:2] + _ANSWER + b"\x00\x01" + len(addresses).to_bytes(2, "big") + b"\x00\x00\x00\x00"
    end_of_name = question.index(b"\x00", 12) + 1
    records = [_NAME_OF_QUESTION + _ADDRESS_RECORD + ipaddress.IPv4Address(each).packed for each in addresses]
    return head + question[12 : end_of_name + 4] + b"".join(records)


class _NameServer(asyncio.DatagramProtocol):
    def __init__(self, addresses: Sequence[str]) -> None:
        self._addresses = addresses
        self._transport: asyncio.DatagramTransport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.DatagramTransport", transport)

    def datagram_received(self, data: bytes, addr: object) -> None:
        assert self._transport is not None
        self._transport.sendto(make_answer(data, self._addresses), addr)  # type: ignore[arg-type]  # where it came from


@asynccontextmanager
async def run_name_server(addresses: Sequence[str]) -> AsyncIterator[str]:
    """Answer every name with these addresses until the context ends; gives the server's own address and port."""
    loop = asyncio.get_running_loop()
    transport, _ = await loop.create_datagram_endpoint(lambda: _NameServer(addresses), local_addr=("127.0.0.1", 0))
    try:
        host, port = transport.get_extra_info("sockname")
        yield f"{host}:{port}"
    finally:
        transport.close()

"""Addresses that requests come from, also through proxies.

Invariants:
* A header is believed only where a trusted proxy wrote it: everything before the last address that is not trusted may
  be the sender's own invention.
* Addresses are counted by the network that one customer of a provider gets: of IPv6 that is a /64.
"""

from collections.abc import Iterator, Sequence
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address

from aiohttp import web

IPNetwork = IPv4Network | IPv6Network
IPAddress = IPv4Address | IPv6Address
_FORWARDED_FOR = "X-Forwarded-For"
# A proxy on this machine makes every request look local; these headers tell that it came from elsewhere.
_FORWARDING = {"forwarded", "via", "x-real-ip", "x-client-ip", "true-client-ip", "cf-connecting-ip"}
_IPV6_PREFIX = 64


class ClientAddresses:
    """Finder of the address behind the ``trusted`` proxies."""

    def __init__(self, trusted: Sequence[IPNetwork] = ()) -> None:
        self._trusted = tuple(trusted)

    def is_trusted(self, text: str | None) -> bool:
        """Tell whether this is the address of a trusted proxy."""
        address = parse_address(text or "")
        return address is not None and any(address in network for network in self._trusted)

    def find(self, request: web.Request) -> str:
        """Return the address of who sent a request, as one may count it; empty when it has none."""
        address = request.remote or ""
        if self.is_trusted(address):
            for hop in _iterate_hops(request):
                if parse_address(hop) is None:
                    break  # the proxy that wrote this hides its senders; they count as the proxy
                address = hop
                if not self.is_trusted(hop):
                    break
        return count_address(address)

    def is_local(self, request: web.Request) -> bool:
        """Tell whether a request comes from this machine itself, and through no proxy."""
        address = parse_address(request.remote or "")
        return address is not None and address.is_loopback and not self._trusted and not _is_forwarded(request)


def parse_address(text: str) -> IPAddress | None:
    """Return an address, also one with a port or in brackets; None when it is none."""
    plain = text.strip()
    if plain.startswith("["):
        plain = plain[1:].partition("]")[0]
    elif plain.count(":") == 1:
        plain = plain.partition(":")[0]
    try:
        address = ip_address(plain.partition("%")[0])
    except ValueError:
        return None
    mapped = address.ipv4_mapped if isinstance(address, IPv6Address) else None
    return mapped or address


def count_address(text: str) -> str:
    """Return the name under which an address is counted: an IPv4 address, or the network of an IPv6 one."""
    address = parse_address(text)
    if isinstance(address, IPv6Address) and not address.is_loopback:
        return str(IPv6Network((address, _IPV6_PREFIX), strict=False))
    return str(address or "")


def _iterate_hops(request: web.Request) -> Iterator[str]:
    """Yield the addresses that proxies noted, the last one first."""
    noted = ",".join(request.headers.getall(_FORWARDED_FOR, ()))
    yield from reversed([hop.strip() for hop in noted.split(",")] if noted else [])


def _is_forwarded(request: web.Request) -> bool:
    names = {name.lower() for name in request.headers}
    return bool(names & _FORWARDING) or any(name.startswith("x-forwarded-") for name in names)

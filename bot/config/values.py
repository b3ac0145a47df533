"""Types of single settings, with a message for wrong values. No message repeats the value: it may be a secret."""

import re
from collections.abc import Callable
from ipaddress import IPv4Network, IPv6Network, ip_network
from pathlib import Path
from typing import Annotated
from urllib.parse import urlsplit

from pydantic import AfterValidator, BeforeValidator, Field, SecretStr

from cjm.address import Address
from cjm.asking.quiet_hours import QuietHours
from cjm.weekly import WeeklyMoment, WorkingHours

_BEARER = r"[!-~]{16,200}"  # shorter ones could be guessed
_BEARER_MISTAKE = (
    "must have 16 to 200 letters, digits and punctuation marks, without spaces, such as from 'openssl rand -hex 32'"
)
_COLOUR = re.compile(r"(#[0-9A-Fa-f]{6})?", re.ASCII)
_TELEGRAM_ID = re.compile(r"-?[1-9][0-9]{0,18}", re.ASCII)


def _refuse_boolean(value: object) -> object:
    # pydantic takes true for 1; in a config, `port = true` is a mistake.
    if isinstance(value, bool):
        raise ValueError("must be a whole number")
    return value


def _secret_matching(pattern: str, message: str, *, may_be_empty: bool = True) -> AfterValidator:
    """Return the validator of a secret that must match ``pattern``; it refuses others with ``message``.

    An empty secret is the default of most keys, and means that there is none.
    """

    def check_secret(value: SecretStr) -> SecretStr:
        if (value or not may_be_empty) and not re.fullmatch(pattern, value.get_secret_value()):
            raise ValueError(message)
        return value

    return AfterValidator(check_secret)


def _check_web_address(value: str) -> str:
    """Return the address without a slash at its end. An empty one is allowed: a key with that default is optional."""
    try:
        parts = urlsplit(value)
        # `port` raises ValueError for a number out of range, and is None without one.
        is_valid = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        is_valid = False
    if value and not (is_valid and value.isprintable() and " " not in value):
        raise ValueError('must be a web address, such as "https://bot.example.com"')
    return value.rstrip("/")


def _check_database_url(value: SecretStr) -> SecretStr:
    # In memory each connection would see a database of its own.
    url = value.get_secret_value()
    if url.startswith("sqlite:///"):
        if url.removeprefix("sqlite:///").partition("?")[0] in ("", ":memory:"):
            raise ValueError('needs a file, such as "sqlite:///tropa.db"')
    elif not re.fullmatch(r"postgresql://([^/\s]*@)?(\[[^]\s]*\]|[^/:@\s]*)(:\d+)?/[^/\s]+", url):
        raise ValueError(
            'must be "sqlite:///FILE" or "postgresql://USER:PASSWORD@HOST/DATABASE"; in a password, @ is %40 and / '
            "is %2F"
        )
    return value


def _parse_address(text: str) -> Address:
    """Parse an address as people write it in settings, where a user name in place of an id is a likely mistake."""
    address = Address.parse(text)
    if address.messenger == "telegram" and not _TELEGRAM_ID.fullmatch(address.id):
        raise ValueError(
            'a Telegram address ends in a number, such as "telegram:123456789" or "telegram:-1001234567890"'
        )
    return address


def _check_colour(value: str) -> str:
    if not _COLOUR.fullmatch(value):
        raise ValueError('must be a colour, such as "#1A5FB4"')
    return value


def _empty_as_none(value: object) -> object:
    """Return None for an empty path, which pydantic would take for the current folder."""
    return None if value == "" else value


def _parse_network(value: object) -> IPv4Network | IPv6Network:
    try:
        if not isinstance(value, str):
            raise ValueError
        network = ip_network(value.strip())
    except ValueError:
        raise ValueError('must be an address or a network, such as "127.0.0.1" or "10.0.0.0/8"') from None
    if network.prefixlen == 0:
        raise ValueError("would trust everybody: name the addresses of your proxies")
    return network


def _parse_with(kind: type, parse: Callable[[str], object]) -> BeforeValidator:
    """Return the validator that turns a text into a value of the domain."""

    def parse_text(value: object) -> object:
        if isinstance(value, kind):  # a default of a section
            return value
        if not isinstance(value, str):
            raise ValueError("must be text in quotes")
        return parse(value)

    return BeforeValidator(parse_text)


WholeNumber = Annotated[int, BeforeValidator(_refuse_boolean)]
Days = Annotated[WholeNumber, Field(ge=0, le=3650)]
AddressValue = Annotated[Address, _parse_with(Address, _parse_address)]
WebAddress = Annotated[str, AfterValidator(_check_web_address)]
BotToken = Annotated[
    SecretStr,
    _secret_matching(
        r"[0-9]{3,20}:[A-Za-z0-9_-]{30,60}",
        "is not a bot token; a token from @BotFather is digits, a colon and about 35 letters and digits",
    ),
]
BearerToken = Annotated[SecretStr, _secret_matching(_BEARER, _BEARER_MISTAKE, may_be_empty=False)]
MetricsToken = Annotated[SecretStr, _secret_matching(_BEARER, _BEARER_MISTAKE)]
WebhookSecret = Annotated[
    SecretStr,
    _secret_matching(
        r"[A-Za-z0-9_-]{16,256}",
        "must have 16 to 256 of the characters A-Z, a-z, 0-9, _ and -, such as from 'openssl rand -hex 32'",
    ),
]
ProxyNetwork = Annotated[IPv4Network | IPv6Network, BeforeValidator(_parse_network)]
LinkSecret = Annotated[
    SecretStr, _secret_matching(r"(?s).{16,}", "must have at least 16 characters, or personal links could be guessed")
]
DatabaseUrl = Annotated[SecretStr, AfterValidator(_check_database_url)]
QuietHoursValue = Annotated[QuietHours | None, _parse_with(QuietHours, QuietHours.parse)]
WeeklyMomentValue = Annotated[WeeklyMoment | None, _parse_with(WeeklyMoment, WeeklyMoment.parse)]
WorkingHoursValue = Annotated[WorkingHours | None, _parse_with(WorkingHours, WorkingHours.parse)]

ColourValue = Annotated[str, AfterValidator(_check_colour)]
OptionalPath = Annotated[Path | None, BeforeValidator(_empty_as_none)]

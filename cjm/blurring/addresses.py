"""Find addresses that lead to one person: of e-mail and accounts, and links with more than a page's name."""

import re
from collections.abc import Iterator

from cjm.blurring.span import Span

_EMAIL = re.compile(r"[\w.+%-]{1,64}\s?(?:@|\((?:at|собака)\)|\[at\])\s?[\w-]{1,63}(?:\.[\w-]{1,63}){1,5}", re.I)
_ACCOUNT_NAME = re.compile(r"(?<![\w@.])@[^\W\d]\w{1,31}")
_LINK = re.compile(
    r"\b(?:https?://|www\.)[^\s<>«»\"]{1,500}|\b(?:[a-zа-я0-9-]{1,63}\.){1,4}[a-zа-я]{2,10}/[^\s<>«»\"]{1,500}", re.I
)
_PROFILE_HOSTS = re.compile(
    r"(?:^|\.)(?:(?:t|tele\w{4})\.me|vk\.com|vk\.ru|ok\.ru|wa\.me|whatsapp\.com|instagram\.com|facebook\.com|fb\.com|"
    r"twitter\.com|x\.com|linkedin\.com|tiktok\.com|youtube\.com|viber\.com|signal\.me|dzen\.ru|threads\.net)$",
    re.I,
)
_PERSONAL_PATH = re.compile(r"[?@#=]|\d{4}|[A-Za-z0-9_-]{16}")


def find_addresses(text: str) -> Iterator[Span]:
    """Yield e-mail addresses, names of accounts ("@anna"), and links that may lead to one person or their order."""
    if "@" in text or "(" in text or "[" in text:
        for pattern in (_EMAIL, _ACCOUNT_NAME):
            yield from (Span(*found.span()) for found in pattern.finditer(text))
    for found in _LINK.finditer(text):
        link = found[0].rstrip(".,;:!?)…")
        if _is_personal(link):
            yield Span(found.start(), found.start() + len(link))


def _is_personal(link: str) -> bool:
    """Return whether a link names more than a host and a page that is there for everybody."""
    host, _, path = re.sub(r"^https?://", "", link, flags=re.I).partition("/")
    leads_to_person = bool(path) and _PROFILE_HOSTS.search(host) is not None
    return leads_to_person or "@" in host or "?" in host or _PERSONAL_PATH.search(path) is not None

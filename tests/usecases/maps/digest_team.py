"""Team that gets digests, and the Monday on which they fall due."""

from datetime import UTC, datetime

from bot.config.settings import TeamSettings
from cjm.address import Address

MONDAY = datetime(2026, 11, 23, 8, tzinfo=UTC)  # 09:00 in Warsaw
GROUP, OTHER, ANNA = Address("telegram", "-1001"), Address("telegram", "-1002"), Address("telegram", "7")


def make_team(
    key: str = "care", chat: Address | None = GROUP, zone: str = "Europe/Warsaw", **settings: object
) -> TeamSettings:
    return TeamSettings.model_validate({"key": key, "chat": chat, "timezone": zone, **settings})

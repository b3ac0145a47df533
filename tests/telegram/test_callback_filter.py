"""A router gets the taps of its verbs and no others."""

from bot.messages.callbacks import Action, MapVerb, SettingVerb
from bot.telegram.callback_filter import CallbackFilter
from tests.telegram.doubles import tap


async def test_a_router_gets_the_taps_of_its_verbs() -> None:
    mine = CallbackFilter(SettingVerb.LANGUAGE, SettingVerb.ZONE)
    assert await mine(tap("so:7")) == {"action": Action(SettingVerb.ZONE, ("7",))}
    assert await mine(tap(f"{MapVerb.BACK}:7")) is False
    assert await mine(tap("nobody's:7")) is False
    assert await mine(tap(None)) is False

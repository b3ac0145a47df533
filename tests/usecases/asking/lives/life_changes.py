"""Changes in the lives of simulated customers: accounts, wishes, places, and what the business says about them.

What becomes true is noted in the person's facts, which the checker reads, at the moment at which it does.
"""

from random import Random

from bot.usecases.asking.stop_asking import AskingChange
from cjm.address import Address
from tests.usecases.asking.lives.asked import LivingPerson
from tests.usecases.asking.lives.plan import LifeChange
from tests.usecases.asking.lives.scene import LifeScene

ZONES = ("Europe/Warsaw", "America/New_York", "Asia/Kathmandu", "Pacific/Apia")
OWN_HOURS = ("22:00-08:00", "12:00-18:00", "20:00-11:00")


class LifeChanges:
    """``await change(person, LifeChange.MOVE)``."""

    def __init__(self, scene: LifeScene) -> None:
        self._scene = scene

    async def __call__(self, person: LivingPerson, change: LifeChange) -> None:
        self._scene.done[change] += 1
        random = Random(f"{self._scene.seed}:{person.plan.name}:{change}:{self._scene.now}")
        match change:
            case LifeChange.OPEN_LINK | LifeChange.CHANGE_ACCOUNT:
                await self._open_link(person, change)
            case LifeChange.AGREE | LifeChange.REFUSE:
                await self._settle_consent(person, change is LifeChange.AGREE)
            case LifeChange.STOP | LifeChange.BEGIN_AGAIN:
                await self._settle_stop(person, change is LifeChange.STOP)
            case LifeChange.BLOCK | LifeChange.COME_BACK:
                await self._settle_block(person, change is LifeChange.BLOCK)
            case LifeChange.BECOME_STAFF | LifeChange.LEAVE_STAFF:
                is_staff = change is LifeChange.BECOME_STAFF
                await self._scene.process.save_customer(person.plan.name, is_staff=is_staff)
                person.facts.staff.turn(self._scene.now, is_staff)
            case _:
                await self._change_settings(person, change, random)

    async def _open_link(self, person: LivingPerson, change: LifeChange) -> None:
        """Open a new personal link; another account does it when the one before is out of reach."""
        link = await self._scene.process.save_customer(person.plan.name, language="en")
        if change is LifeChange.CHANGE_ACCOUNT:
            person.address = Address("telegram", f"2{person.plan.name[1:]}")
            person.facts.consent.turn(self._scene.now, False)
        person.written += 1
        await self._scene.process.open_link(person.address, f"u{person.written}", link.token, "en")

    async def _settle_consent(self, person: LivingPerson, is_given: bool) -> None:
        if person.address in self._scene.messenger.blocked:
            return
        await self._scene.process.consent(person.address, is_given, "1")
        person.facts.consent.turn(self._scene.now, is_given)
        if is_given:
            person.facts.stop.turn(self._scene.now, False)

    async def _settle_stop(self, person: LivingPerson, is_stop: bool) -> None:
        if is_stop:
            stopped = await self._scene.process.stop.stop_all(person.address)
            if stopped.asking is AskingChange.STOPPED:
                person.facts.stop.turn(self._scene.now, True)
                self._end_open(person)
        elif await self._scene.process.stop.ask_again(person.address) is AskingChange.ON:
            person.facts.stop.turn(self._scene.now, False)

    def _end_open(self, person: LivingPerson) -> None:
        for question in self._scene.asked.values():
            if question.person is person:
                question.end(self._scene.now)

    async def _settle_block(self, person: LivingPerson, is_block: bool) -> None:
        if is_block:
            person.blocks.append((self._scene.now, person.address))
            self._scene.messenger.blocked.add(person.address)
        else:
            self._scene.messenger.blocked.discard(person.address)
        await self._scene.process.reachability(person.address, not is_block)

    async def _change_settings(self, person: LivingPerson, change: LifeChange, random: Random) -> None:
        settings, facts, now = self._scene.process.settings, person.facts, self._scene.now
        match change:
            case LifeChange.MOVE:
                facts.zones.append((now, zone := random.choice(ZONES)))
                await settings.set_zone(person.address, "en", zone)
            case LifeChange.REST:
                hours = await settings.set_quiet_hours(person.address, "en", random.choice(OWN_HOURS))
                assert hours.quiet_hours is not None
                facts.quiet_hours.append((now, hours.quiet_hours.start, hours.quiet_hours.end))
            case LifeChange.ALLOW_ALL:
                await settings.unmute_everything(person.address, "en")
                for mute in facts.mutes.values():
                    mute.turn(now, False)

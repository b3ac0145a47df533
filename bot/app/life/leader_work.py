"""Work of the leader: handle updates, send letters, poll or be posted to, run the ticks.

Every other process stores what it is posted, and leaves the rest to the leader.
"""

import asyncio
import contextlib

from bot.app.life.background import BackgroundTasks, VitalParts
from bot.app.life.startup import ask_messenger
from bot.app.parts import Parts
from bot.db.engine.errors import DatabaseError
from bot.outbox.worker import Outbox
from bot.scheduler import TickScheduler
from bot.telegram.receiving.inbox_worker import InboxWorker
from bot.telegram.receiving.polling import UpdatePoller
from bot.telegram.receiving.webhook import WEBHOOK_PATH, set_webhook

SETTLE_EVERY = 30.0  # seconds


class LeaderWork:
    """``await work.start(epoch)`` … ``await work.stop()``, any number of times in one process.

    ``poller`` is None when Telegram posts updates to us.
    """

    def __init__(self, parts: Parts, inbox: InboxWorker, outbox: Outbox, scheduler: TickScheduler) -> None:
        self._parts, self._inbox, self._outbox, self._scheduler = parts, inbox, outbox, scheduler
        self._telegram = parts.settings.telegram
        self.poller = UpdatePoller(parts.bot, inbox) if self._telegram.mode == "polling" else None
        self.vital = VitalParts()
        self._others = BackgroundTasks()

    async def start(self, epoch: int) -> None:
        """Begin as the leader of this epoch. Raises DatabaseError, or DeliveryError when the webhook is refused."""
        await self._outbox.take_over(epoch)
        self.vital.start("inbox", self._inbox.run)
        self.vital.start("outbox", self._outbox.run)
        if self.poller is not None:
            self.vital.start("polling", self.poller.run)
        else:
            url, secret = self._telegram.webhook_url + WEBHOOK_PATH, self._telegram.webhook_secret
            await ask_messenger(lambda: set_webhook(self._parts.bot, url, secret.get_secret_value()))
        self._scheduler.start()  # last: a tick may use every other part
        self._others.start(self._parts.menus.set_for_everybody(), self._keep_settling())

    async def _keep_settling(self) -> None:
        """Look again for letters of an earlier leader: what it held locked when it was stopped becomes free later."""
        while True:
            await asyncio.sleep(SETTLE_EVERY)
            with contextlib.suppress(DatabaseError):
                await self._outbox.settle_abandoned()

    async def stop(self) -> None:
        """Stop, also what was only begun; letters in flight are recorded, as far as they are still ours."""
        # Beside each other: each of them may need seconds while the messenger hangs.
        await asyncio.gather(
            self._scheduler.stop(),
            self._others.cancel_all(),
            self.vital.cancel_all(),
            self._parts.menus.stop(),
            self._parts.display.stop(),
        )

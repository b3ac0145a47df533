"""`getUpdates`: the bot asks and waits up to its timeout. A newer call ends an older one."""

from bot.sandbox.methods.parameters import Parameters
from bot.sandbox.records import Json
from bot.sandbox.refusals import OTHER_POLLER, WEBHOOK_ACTIVE, WEBHOOK_TAKES_OVER, bad_request, conflict
from bot.sandbox.world.world import World

PARAMETERS = frozenset({"offset", "limit", "timeout", "allowed_updates"})
MOST_SECONDS = 50


def read_allowed_kinds(parameters: Parameters) -> list[str] | None:
    """Return the update kinds that the bot names; None when it names none, so that its last choice stays."""
    kinds = parameters.json("allowed_updates", "allowed updates")
    if kinds is None:
        return None
    if not isinstance(kinds, list) or not all(isinstance(kind, str) for kind in kinds):
        raise bad_request("expected an Array of String as allowed updates")
    return kinds


class Polling:
    """Long polling of the bot. It is refused while a webhook is set."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.webhook_active = False
        self.closed = False
        """The server is stopping: waiting calls get an empty answer at once."""
        self._turn = 0

    async def get_updates(self, parameters: Parameters) -> list[Json]:
        """Return updates, waiting up to `timeout` seconds. A newer call ends an older one with 409."""
        parameters.refuse_others(PARAMETERS)
        if self.webhook_active:
            raise conflict(WEBHOOK_ACTIVE)
        kinds = read_allowed_kinds(parameters)
        if kinds is not None:
            self.world.updates.allowed = kinds
        offset, limit = parameters.integer("offset"), parameters.integer("limit", 100, 1, 100)
        # Each call takes a turn; a waiting call that is not the latest any more gives up.
        self._turn += 1
        turn = self._turn
        self.world.bell.ring()
        updates = self.world.updates
        batch = updates.next_batch(offset, limit)
        timeout = parameters.integer("timeout", 0, 0, MOST_SECONDS)
        if not batch and timeout:
            await self._wait(turn, timeout)
            # Offset 0: the acknowledgement was done above, before the waiting.
            batch = updates.next_batch(0, limit)
        return updates.hand_out(batch)

    async def _wait(self, turn: int, seconds: int) -> None:
        def is_over() -> bool:
            return bool(self.world.updates.waiting) or self.webhook_active or self.closed or turn != self._turn

        try:
            await self.world.bell.until(is_over, seconds)
        except TimeoutError:
            return
        if self.webhook_active:
            raise conflict(WEBHOOK_TAKES_OVER)
        if turn != self._turn:
            raise conflict(OTHER_POLLER)

    def close(self) -> None:
        self.closed = True
        self.world.bell.ring()

"""Memory of the messages whose editors were told that an edit is not passed on: of each message they are told once.

It is lost with the process: after a restart somebody who goes on editing is told once more.
"""

from collections import OrderedDict

from cjm.address import Address

REMEMBERED = 5000  # messages; beyond that, the one that was told of first is forgotten


class EditNotices:
    """Remember, by chat and id, the messages whose editors were told."""

    def __init__(self) -> None:
        self._told: OrderedDict[tuple[Address, int], None] = OrderedDict()

    def admit(self, chat: Address, message_id: int) -> bool:
        """Return whether the editor of this message is to be told now, and note that they are."""
        if (chat, message_id) in self._told:
            return False
        self._told[chat, message_id] = None
        if len(self._told) > REMEMBERED:
            self._told.popitem(last=False)
        return True

"""States of a campaign: a survey that a manager has asked by hand.

::

    running ──► done       everybody was looked at, and nothing of it waits to be sent any more
       │
       └──────► stopped    a manager stopped it, or its survey or journey is gone; what was not sent is dropped

The values are what the database stores. A campaign that is over stays so.
"""

from enum import StrEnum


class CampaignState(StrEnum):
    """Progress of one campaign."""

    RUNNING = "running"
    DONE = "done"
    STOPPED = "stopped"

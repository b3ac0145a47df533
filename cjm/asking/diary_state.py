"""States of a volunteer diary and the moves between them.

::

    offered ──► running ──► finished     its last message is over
                 │   ▲ │
                 ▼   │ ├──► stopped      the volunteer wants no questions at all any more
                 left  └──► withdrawn    the journey has no diary any more

The values are what the database stores.

Invariants:

* A person has at most one running diary, of all journeys; a partial unique index of the database enforces it.
* Only a running diary sends messages. What was not sent when it ends is dropped.
"""

from datetime import timedelta
from enum import StrEnum


class DiaryState(StrEnum):
    """Progress of one diary, from the invitation to keep it."""

    OFFERED = "offered"  # a button stood at the end of a conversation
    RUNNING = "running"
    FINISHED = "finished"
    LEFT = "left"  # by its volunteer, who may come back while it would still be running
    STOPPED = "stopped"
    WITHDRAWN = "withdrawn"


OFFER_PAUSE = timedelta(days=90)
"""A person is invited once in so long, also if they did not accept."""

OFFER_PERIOD = timedelta(days=7)
"""An invitation can be accepted for so long."""

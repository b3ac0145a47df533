"""Points at which a process is killed, in the order of the way that they interrupt."""

from enum import StrEnum


class CrashPoint(StrEnum):
    """Named point; its value says between which steps it lies."""

    MIGRATING = "schema changed, not committed"
    STARTING = "journeys applied, no leader yet"
    TAKING_OVER = "letters of the last leader taken over, not committed"

    EVENT_STORED = "event stored, sender not answered"
    UPDATE_STORED = "update stored, not acknowledged"
    UPDATE_ACKNOWLEDGED = "update acknowledged, not handled"
    HANDLING = "update marked done, handling not committed"
    COUNTING = "facts stored, counters not moved"
    COMMITTED = "handling committed, result not released"
    SHOWING = "answer saved, next step not shown"

    LEASED = "letter leased, not rendered"
    MARKED = "letter marked as sending, not called"
    CALL_ARRIVED = "call left, nothing done"
    CALL_CARRIED_OUT = "call carried out, not answered"
    ANSWERED = "answer arrived, not recorded"
    RECORDED = "letter recorded, next step not begun"

    DIGEST_CLAIMED = "digest claimed, not committed"
    FORGETTING = "counts settled, person not erased"
    FORGOTTEN = "person erased, not committed"
    RECALLED = "message taken away, not recorded"


AT_START = (CrashPoint.MIGRATING, CrashPoint.STARTING, CrashPoint.TAKING_OVER)
"""Points of a start: armed before the process begins."""

ON_THE_WIRE = (CrashPoint.CALL_ARRIVED, CrashPoint.CALL_CARRIED_OUT)
"""Points at which the messenger's side kills the process, in the middle of its call."""

WHEN_FORGETTING = (CrashPoint.FORGETTING, CrashPoint.FORGOTTEN, CrashPoint.RECALLED)
"""Points that only the forgetting of a person reaches."""

OF_EACH_ENGINE = frozenset({
    *(CrashPoint.MIGRATING, CrashPoint.HANDLING, CrashPoint.COUNTING, CrashPoint.COMMITTED),
    *(CrashPoint.MARKED, CrashPoint.TAKING_OVER),
})  # fmt: skip
"""Points in the middle of a transaction, or right at its end: each engine has its own way with them."""

IN_A_DAY = tuple(point for point in CrashPoint if point not in (*AT_START, *WHEN_FORGETTING, CrashPoint.DIGEST_CLAIMED))
"""Points that the work of every day reaches."""

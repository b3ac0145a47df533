"""Findings of checks: what `/readyz` answers and `tropa doctor` prints, in one shape and under the same names."""

from dataclasses import dataclass
from enum import StrEnum


class CheckName(StrEnum):
    """Name of a check. The names are a contract with the programs that watch them: none is renamed."""

    CONFIG = "config"
    TIME_ZONES = "time zones"
    DATABASE = "database"
    JOURNEYS = "journeys"
    DISK = "disk"
    HTTP = "http"
    MESSENGER = "messenger"
    PROCESS = "process"
    POLLING = "polling"
    INBOX = "inbox"
    LETTERS = "letters"
    TEAMS = "teams"
    DIGESTS = "digests"


class Severity(StrEnum):
    """Weight of a finding. A *problem* keeps this process from its work; a *warning* is for a person to look at."""

    OK = "ok"
    WARNING = "warning"
    PROBLEM = "problem"


@dataclass(frozen=True, slots=True)
class Finding:
    """Result of a check; ``text`` says what it found and what to do about it. It holds no words of people."""

    check: CheckName
    severity: Severity
    text: str


class ProcessRole(StrEnum):
    """Role of a running Tropa: it starts, waits while another process leads, leads, or stops."""

    STARTING = "starting"
    WAITING = "waiting"
    LEADING = "leading"
    STOPPING = "stopping"

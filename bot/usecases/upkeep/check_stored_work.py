"""Check what stands in the database and does not get on: for `/readyz`, and for `tropa doctor` beside a running Tropa.

Nothing here keeps a process from its work, so every finding is a warning for a person, with what to do.
"""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta

from bot.config.settings import TeamSettings
from bot.db.delivery import letters, set_aside_updates
from bot.db.delivery.states import LetterState
from bot.db.engine.database import Connection
from bot.db.people import teams
from bot.db.people.teams import Team
from bot.db.upkeep import stalled_work
from bot.outbox.kinds import LetterName
from bot.usecases.maps.send_digests import find_due_digests
from bot.usecases.upkeep.findings import CheckName, Finding, Severity

LONGEST_WAIT = timedelta(minutes=10)  # after it, an update, a letter or a digest that waits is worth a word
UNKNOWN_FOR = timedelta(days=7)  # so long a letter that may have arrived is told
_TOPIC_IS_GONE = ("thread not found", "topic_deleted")
_TOPIC_IS_CLOSED = "topic_closed"


def check_stored_work(
    tx: Connection, configured: Sequence[TeamSettings], bot: str | None, now: datetime
) -> list[Finding]:
    """Return a finding for each thing to look at; for a check that finds nothing, one that all is well."""
    checks = {
        CheckName.INBOX: (_check_inbox(tx, bot, now), "no update waits for long or is set aside"),
        CheckName.LETTERS: (_check_letters(tx, now), "no letter waits for long or may be missing"),
        CheckName.TEAMS: (_check_teams(tx, configured), "the chats of the teams take messages"),
        CheckName.DIGESTS: (_check_digests(tx, configured, now), "no digest is due"),
    }
    return [finding for name, (texts, well) in checks.items() for finding in _make_findings(name, list(texts), well)]


def _make_findings(name: CheckName, texts: Sequence[str], well: str) -> list[Finding]:
    return [Finding(name, Severity.WARNING, text) for text in texts] or [Finding(name, Severity.OK, well)]


def _check_inbox(tx: Connection, bot: str | None, now: datetime) -> Iterator[str]:
    if set_aside := sum(group.updates for group in set_aside_updates.list_set_aside(tx, bot)):
        yield (
            f"{_count(set_aside, 'update')} set aside, because handling failed: 'tropa inbox list' says why, "
            "'tropa inbox retry' handles them again"
        )
    oldest = stalled_work.find_oldest_update_time(tx, bot)
    if oldest is not None and now - oldest > LONGEST_WAIT:
        yield f"an update waits since {_moment(oldest)}; check that Tropa runs and leads, and its log"


def _check_letters(tx: Connection, now: datetime) -> Iterator[str]:
    unknown = letters.count_unknown_by_kind(tx, now - UNKNOWN_FOR)
    if unknown:
        kinds = ", ".join(f"{n} {kind}" for kind, n in sorted(unknown.items()))
        yield (
            f"{_count(sum(unknown.values()), 'letter')} of the last 7 days may not have arrived ({kinds}): "
            "the connection broke while they were sent, and none is sent again by itself; the log names each"
        )
    due = letters.find_next_due(tx)
    if due is not None and now - due > LONGEST_WAIT:
        yield f"a letter waits since {_moment(due)}; check that Tropa runs and leads, and that the messenger answers"


def _check_teams(tx: Connection, configured: Sequence[TeamSettings]) -> Iterator[str]:
    for team in teams.list_all(tx, configured):
        if team.address is None:
            continue
        refused = stalled_work.find_refusal(tx, team.address, team.thread)
        if refused is None:
            continue
        reason = (refused.reason or "").lower()
        if any(sign in reason for sign in _TOPIC_IS_GONE):
            yield f"the topic of team {team.key} is gone: send /team in the topic that shall have its cards and digests"
        elif _TOPIC_IS_CLOSED in reason:
            yield f"the topic of team {team.key} is closed: open it again, or send /team in another one"
        elif refused.state is LetterState.UNREACHABLE:
            # Another refusal is about one message, and the next may be taken.
            yield f'team {team.key} cannot be written to ("{refused.reason}"): let the bot in, or send /team elsewhere'


def _check_digests(tx: Connection, configured: Sequence[TeamSettings], now: datetime) -> Iterator[str]:
    for due in find_due_digests(tx, configured, now):
        if due.is_on_time and now - due.at > LONGEST_WAIT:
            yield f"the digest of team {due.team.key} is due since {_moment(due.at)}; check that Tropa runs and leads"
    for team in teams.list_all(tx, configured):
        if team.address is not None and team.settings.digest is not None:
            yield from _check_digest_letters(tx, team, now)


def _check_digest_letters(tx: Connection, team: Team, now: datetime) -> Iterator[str]:
    assert team.address is not None
    assert team.settings.digest is not None
    at = team.settings.digest.latest_before(now, team.settings.zone)
    late = stalled_work.list_undelivered_since(tx, team.address, LetterName.DIGEST, at)
    if any(letter.state is LetterState.UNKNOWN for letter in late):
        yield f"the digest of team {team.key} of {_moment(at)} may not have arrived: /digest in its chat shows it"
    elif refused := next((x for x in late if x.state in (LetterState.REJECTED, LetterState.UNREACHABLE)), None):
        yield f'the digest of team {team.key} of {_moment(at)} was refused ("{refused.reason}"): /digest shows it'
    elif late and now - at > LONGEST_WAIT:
        yield f"the digest of team {team.key} of {_moment(at)} is not sent yet; check that the messenger answers"


def _count(n: int, noun: str) -> str:
    return f"{n} {noun}{'' if n == 1 else 's'}"


def _moment(time: datetime) -> str:
    return f"{time:%Y-%m-%d %H:%M} UTC"

"""`tropa audit`: show who looked at or exported whose words, and who changed what."""

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import click

from bot.cli.runtime.command_context import CommandContext, pass_command_context, run_async, utc_time_text
from bot.cli.runtime.option_types import DayOption, NumberInRange
from bot.cli.runtime.program import CommandFailure

if TYPE_CHECKING:
    from bot.db.audit.audit_actions import AuditAction
    from bot.db.audit.audit_entries import AuditEntry
    from bot.usecases.audit.list_audit import AuditPage

USUAL_ENTRIES, MOST_ENTRIES = 200, 1_000_000
MOST_NAMED = 3  # people in a line; of more it says how many
HASH_LENGTH = 64


@click.command()
@click.option("--since", type=DayOption(), metavar="DAY", help="From this day on (UTC), such as 2026-10-01.")
@click.option("--actor", metavar="WHO", help='An account as the log shows it, "http", "command line" or "tropa".')
@click.option("--journey", "key", metavar="KEY", help="Only this journey.")
@click.option("--customer", metavar="ID", help="Only about this person, by your id or an account; also once forgotten.")
@click.option("--action", metavar="ACTION", help="Only this action, such as view-voices.")
@click.option(
    "--limit", type=NumberInRange(1, MOST_ENTRIES), default=USUAL_ENTRIES, show_default=True, metavar="N",
    help="Entries at most.",
)  # fmt: skip
@click.option("--json", "is_json", is_flag=True, help="Print each entry as a line of JSON.")
@pass_command_context
def audit(
    context: CommandContext,
    since: datetime | None,
    actor: str | None,
    key: str | None,
    customer: str | None,
    action: str | None,
    limit: int,
    is_json: bool,
) -> None:
    """Show who looked at whose words, and who changed what.

    The newest come first. The log names people and things, never words. Exports and maps as files name their journey.
    """
    from bot.usecases.audit.list_audit import AuditRequest

    start = since.replace(tzinfo=UTC) if since is not None else None
    request = AuditRequest(start, actor, key, _read_action(action), customer)

    async def read() -> "AuditPage":
        from bot.usecases.audit.list_audit import ListAudit

        async with context.open_database() as db:
            return await ListAudit(db)(request, limit)

    import json

    page = run_async(read())
    for entry in page.entries:
        click.echo(
            json.dumps(entry_values(entry, page.names), ensure_ascii=False)
            if is_json
            else entry_line(entry, page.names)
        )
    for note in _notes(page, limit):
        click.echo(note, err=True)


def _read_action(action: str | None) -> "AuditAction | None":
    """Return the action with this name. Raises CommandFailure that names a similar one, or all."""
    from bot.db.audit.audit_actions import AuditAction
    from cjm.mistake_wording import find_similar

    if action is None:
        return None
    names = [each.value for each in AuditAction]
    if action in names:
        return AuditAction(action)
    similar = find_similar(action, names)
    hint = f"did you mean {similar}?" if similar else f"the actions are {', '.join(names)}"
    raise CommandFailure(f"--action: there is no action of this name; {hint}")


def _notes(page: "AuditPage", limit: int) -> Iterator[str]:
    """Yield what is not an entry, for stderr: scripts read stdout."""
    if page.is_log_empty:
        yield "the audit log is empty: nobody has looked at anything or changed anything yet"
    elif not page.entries:
        yield "no entry of the audit log fits"
    if page.has_more:
        yield f"there are older entries; --limit shows more than {limit}"


def entry_line(entry: "AuditEntry", names: Mapping[str, str]) -> str:
    """Return an entry as one line, its parts apart by two spaces."""
    named = [name_person(person, names) for person in entry.persons]
    if named and len(named) <= MOST_NAMED:
        people = "about " + ", ".join(named)
    else:
        people = "" if entry.people is None else f"about {entry.people:,} {'person' if entry.people == 1 else 'people'}"
    actor = name_person(entry.actor, {})
    # The account first: people choose their names, and a name may end like an account.
    who = f"by {actor} ({entry.actor_name})" if entry.actor_name else f"by {actor}"
    parts = (utc_time_text(entry.at), entry.action, entry.journey, entry.subject, people, who)
    return "  ".join(part for part in parts if part)


def entry_values(entry: "AuditEntry", names: Mapping[str, str]) -> dict[str, Any]:
    """Return an entry as values for JSON; the keys are a contract."""
    return {
        "id": entry.id,
        "at": entry.at.isoformat(timespec="seconds"),
        "action": entry.action,
        "actor": entry.actor,
        "actor_name": entry.actor_name,
        "journey": entry.journey,
        "subject": entry.subject,
        "people": entry.people,
        "persons": [names.get(person, person) for person in entry.persons],
    }


def name_person(person: str, names: Mapping[str, str]) -> str:
    """Return what a line calls a person: their name, or that they were forgotten with the begin of their hash."""
    if person in names:
        return names[person]
    return f"forgotten {person[:8]}" if len(person) == HASH_LENGTH else person


COMMANDS = (audit,)

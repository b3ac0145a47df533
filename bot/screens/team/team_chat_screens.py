"""What is said when the bot comes into a group: which team is this?"""

from bot.db.people.teams import DEFAULT, Team
from bot.messages.callbacks import Action, TeamChatVerb
from bot.messages.message import Button, Message, lines, plain
from bot.texts import Words, words_in
from bot.usecases.teams.bind_team import TeamBound, TeamOffer
from cjm.cases.case import cut

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


def team_offer(found: TeamOffer, *, elsewhere: bool = False) -> Message:
    """The teams to choose from; one of its own where the settings name none."""
    words = words_in(found.language)
    where = found.group.title
    parts = [words("team.offer.elsewhere", title=where) if elsewhere else words("team.offer")]
    parts += (
        [words("team.offer.bound", teams=", ".join(map(_quote_key, found.bound)))]
        if _has_named_team(found.bound)
        else []
    )
    parts += [words("team.offer.topic")] if found.group.thread is None and not elsewhere else []
    rows = [
        (Button(cut(_label(key, words), 60), Action.of(TeamChatVerb.BIND, found.view, place)),)
        for place, key in enumerate(found.teams)
    ]
    if found.bound:
        rows.append((Button(words("team.button.unbind"), Action.of(TeamChatVerb.UNBIND, found.view)),))
    return Message(lines(parts, "\n\n"), tuple(rows[:90]), thread=None if elsewhere else found.group.thread)


def _has_named_team(keys: tuple[str, ...]) -> bool:
    return any(key != DEFAULT for key in keys)


def _quote_key(key: str) -> str:
    return f"“{key}”"


def _label(key: str, words: Words) -> str:
    return words("team.button.bind") if key == DEFAULT else words("team.button.bind_to", team=key)


def binding_reply(done: TeamBound) -> Message:
    """What will come here from now on."""
    words, team = words_in(done.language), done.team
    head = words("team.bound") if team.key == DEFAULT else words("team.bound.to", team=team.key)
    moved = words("team.bound.moved") if done.moved else ""
    return Message(lines([head, _digest(team, words), words("team.bound.more"), moved], "\n\n"))


def _digest(team: Team, words: Words) -> str:
    weekly = team.settings.digest
    if weekly is None:
        return words("team.bound.no_digest")
    day = words(f"team.on.{DAYS[weekly.weekday]}")
    return words("team.bound.digest", day=day, time=f"{weekly.at:%H:%M}", zone=team.settings.timezone)


def unbinding_reply(done: TeamOffer) -> Message:
    return Message(plain(words_in(done.language)("team.unbound")))

"""Screens for a group that becomes, or is, a team's chat."""

from bot.db.people.teams import DEFAULT, Team
from bot.messages.callbacks import TeamChatVerb
from bot.messages.message import Message, join_lines, plain
from bot.messages.notice import Notice
from bot.screens.buttons import button_row
from bot.texts import Words, words_in
from bot.usecases.maps.resend_digest import ResendOutcome
from bot.usecases.teams.bind_team import TeamBound, TeamOffer
from cjm.text import cut_text
from cjm.weekly import WEEKDAYS

MOST_TEAMS, MOST_LABEL = 90, 60  # a message takes 100 buttons


def team_offer(offer: TeamOffer, *, elsewhere: bool = False, lacks_right: bool = False) -> Message:
    """Offer the configured teams to choose from; where none is configured, one button makes this the chat for all.

    ``elsewhere`` is for the manager's own chat, where the text has to name the group. ``lacks_right``: the group is
    asked for the right to delete messages.
    """
    words = words_in(offer.language)
    group = offer.group
    is_default_bound = DEFAULT in offer.bound_teams
    question = "team.offer.elsewhere" if elsewhere else "team.offer.again" if is_default_bound else "team.offer"
    parts = [words(question, title=group.title)]
    if any(key != DEFAULT for key in offer.bound_teams):
        parts.append(
            words("team.offer.bound", teams=", ".join(words("map.quote", text=key) for key in offer.bound_teams))
        )
    # Where /team was sent in a topic, the topic is chosen already.
    if group.thread is None and not elsewhere and not is_default_bound:
        parts.append(words("team.offer.topic"))
    parts += [words("team.offer.public")] if group.is_public else []
    parts += [words("team.right")] if lacks_right else []
    rows = [
        button_row(cut_text(_label(key, words), MOST_LABEL), TeamChatVerb.BIND, offer.view_id, place)
        for place, key in enumerate(offer.teams[:MOST_TEAMS])
    ]
    if offer.bound_teams:
        rows.append(button_row(words("team.button.unbind"), TeamChatVerb.UNBIND, offer.view_id))
    return Message(join_lines(parts, "\n\n"), tuple(rows), thread=None if elsewhere else group.thread)


def _label(key: str, words: Words) -> str:
    return words("team.button.bind") if key == DEFAULT else words("team.button.bind_to", team=key)


def manager_needed(language: str | None, thread: int | None, *, is_bound: bool) -> Message:
    """Say that only a manager of all journeys can make this group a team's chat, or change that it is one."""
    key = "team.manager_needed.bound" if is_bound else "team.manager_needed"
    return Message(plain(words_in(language)(key)), thread=thread)


def manager_hidden(language: str | None, thread: int | None) -> Message:
    """Say that nobody can see who an anonymous administrator is, so that they cannot be known as a manager."""
    return Message(plain(words_in(language)("team.manager_hidden")), thread=thread)


def only_managers_notice(language: str | None) -> Notice:
    return Notice(words_in(language)("team.only_managers"))


def binding_reply(bound: TeamBound, *, lacks_right: bool) -> Message:
    """Say what will be sent to this chat from now on, and ask for the right to delete messages where it lacks.

    In a group that anybody may read it warns once more.
    """
    words, team = words_in(bound.language), bound.team
    head = words("team.bound") if team.key == DEFAULT else words("team.bound.to", team=team.key)
    moved = words("team.bound.moved") if bound.has_moved else ""
    right = words("team.right") if lacks_right else ""
    warning = words("team.offer.public") if bound.is_public else ""
    return Message(join_lines([head, _digest(team, words), words("team.bound.more"), moved, warning, right], "\n\n"))


def _digest(team: Team, words: Words) -> str:
    weekly = team.settings.digest
    if weekly is None:
        return words("team.bound.no_digest")
    day = words(f"team.on.{WEEKDAYS[weekly.weekday]}")
    return words("team.bound.digest", day=day, time=f"{weekly.at:%H:%M}", zone=team.settings.timezone)


def unbinding_reply(offer: TeamOffer) -> Message:
    return Message(plain(words_in(offer.language)("team.unbound")))


def resend_notice(outcome: ResendOutcome | None, language: str | None) -> Notice | None:
    """Return what became of a digest that is to be sent once more; None where there is nothing to say."""
    return None if outcome is None else Notice(words_in(language)(f"team.again.{outcome}"))

"""Routers for a team's work: in its chat, or in a manager's private chat."""

from bot.app.parts import Parts
from bot.telegram.receiving.dispatcher import Router
from bot.telegram.team import binding, cases
from bot.telegram.team.group_refusals import GroupRefusals
from bot.usecases.cases.answer_case import AnswerCase
from bot.usecases.cases.close_case import CloseCase
from bot.usecases.cases.list_cases import ListOpenCases
from bot.usecases.cases.mute_writer import MuteWriter
from bot.usecases.cases.place_case import PlaceCase
from bot.usecases.cases.show_cards import ShowCards
from bot.usecases.cases.take_case import TakeCase
from bot.usecases.maps.resend_digest import ResendDigest
from bot.usecases.teams.bind_team import BindTeam


def make_team_routers(parts: Parts) -> list[Router]:
    """Return the routers for binding a group to a team, and for its cases."""
    db, clock, routing = parts.db, parts.clock, parts.routing
    bind = BindTeam(db, clock, routing, parts.settings.teams)
    return [
        binding.make_router(bind, ResendDigest(db, clock, routing), GroupRefusals(), parts.messenger.may_delete),
        cases.make_router(
            TakeCase(db, clock, routing),
            AnswerCase(db, clock, routing),
            CloseCase(db, clock, routing),
            PlaceCase(db, clock, routing),
            ListOpenCases(db, clock, routing),
            MuteWriter(db, clock, routing),
            ShowCards(db),
        ),
    ]

"""Routers for what managers write and tap in a private chat, and for maps in a team's chat too."""

from bot.app.parts import Parts
from bot.telegram.manager import campaigns, changes, exports, journeys, managers, maps, saved_views
from bot.telegram.manager.map_messages import MapMessages
from bot.telegram.receiving.dispatcher import Router
from bot.usecases.asking.explain_asking import ExplainToManager
from bot.usecases.campaigns.follow_campaign import FollowCampaign
from bot.usecases.campaigns.prepare_campaign import PrepareCampaign
from bot.usecases.campaigns.start_campaign import StartCampaign
from bot.usecases.cases.list_cases import ListOpenCases
from bot.usecases.changes.awaited_parts import AwaitChangePart
from bot.usecases.changes.draft_change import DraftChange
from bot.usecases.changes.drop_change import DropChange
from bot.usecases.changes.list_changes import ListChanges
from bot.usecases.changes.mark_change_made import MarkChangeMade
from bot.usecases.changes.move_change import MoveChange
from bot.usecases.changes.plan_change import PlanChange
from bot.usecases.journeys.change_journey import ChangeJourney
from bot.usecases.journeys.manage_journeys import ManageJourneys
from bot.usecases.maps.view_map import ViewMap
from bot.usecases.maps.views.keep_views import KeepViews
from bot.usecases.tables.export_to_chat import ExportToChat
from bot.usecases.teams.become_manager import BecomeManager
from bot.usecases.teams.command_examples import FindCommandExamples
from bot.usecases.teams.invite_manager import InviteManager
from bot.usecases.teams.recognize_viewer import RecognizeViewer


def make_manager_routers(parts: Parts) -> list[Router]:
    """Return the routers. To anybody but a manager, a manager's command looks like any unknown text."""
    db, clock, routing = parts.db, parts.clock, parts.routing
    # The managers of the settings need no link.
    configured = parts.settings.access.managers
    recognize_viewer = RecognizeViewer(db, routing)
    view_map = ViewMap(db, clock, parts.settings.privacy.minimum_answers, parts.remind_after, parts.figures)
    map_messages = MapMessages(view_map, parts.draw_map)
    return [
        managers.make_router(
            recognize_viewer,
            BecomeManager(db, clock, routing, configured, parts.link_secret),
            InviteManager(db, clock, configured, parts.link_secret),
            ExplainToManager(db),
            FindCommandExamples(db),
            parts.messenger.start_link,
            parts.menus.change_for_manager,
        ),
        maps.make_router(recognize_viewer, view_map, map_messages, ListOpenCases(db, clock, routing)),
        saved_views.make_router(recognize_viewer, view_map, KeepViews(db, clock, routing), map_messages),
        journeys.make_router(recognize_viewer, ManageJourneys(db, clock), ChangeJourney(db, clock), parts.messenger),
        campaigns.make_router(
            recognize_viewer,
            PrepareCampaign(db, clock, parts.settings.asking.rules),
            StartCampaign(db, clock),
            FollowCampaign(db, clock),
            clock,
        ),
        exports.make_router(
            recognize_viewer, ExportToChat(db, clock, parts.settings.privacy.minimum_answers, recognize_viewer)
        ),
        _make_change_router(parts, recognize_viewer),
    ]


def _make_change_router(parts: Parts, recognize_viewer: RecognizeViewer) -> Router:
    db, clock = parts.db, parts.clock
    return changes.make_router(
        recognize_viewer,
        ListChanges(db, clock, parts.settings.privacy.minimum_answers),
        DraftChange(db, clock),
        PlanChange(db, clock),
        MarkChangeMade(db, clock),
        MoveChange(db, clock),
        DropChange(db, clock),
        AwaitChangePart(db, clock),
    )


def make_change_text_router(parts: Parts) -> Router:
    """Return the router for typed parts of changes; it stands behind all that takes words of customers."""
    db, clock = parts.db, parts.clock
    return changes.make_text_router(
        RecognizeViewer(db, parts.routing),
        ListChanges(db, clock, parts.settings.privacy.minimum_answers),
        DraftChange(db, clock),
        MarkChangeMade(db, clock),
        MoveChange(db, clock),
        AwaitChangePart(db, clock),
    )

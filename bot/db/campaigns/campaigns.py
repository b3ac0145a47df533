"""Campaigns: surveys that managers have asked by hand, one row each.

Invariants:

* At most one campaign of a survey is running; a partial unique index enforces it.
* ``reached_id`` only grows: a customer is looked at once, in the order of ids, also after a restart.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import delete, select, update

from bot.db.campaigns.tables import campaign_table
from bot.db.engine.database import Connection
from bot.db.engine.rows import address_reader, row_reader, row_writer
from bot.db.engine.upsert import insert
from cjm.address import Address
from cjm.asking.campaign_state import CampaignState


@dataclass(frozen=True, slots=True, kw_only=True)
class NewCampaign:
    """Campaign before it is stored. ``segment`` "" is everyone; customers up to ``last_id`` take part."""

    journey: str
    survey: str
    segment: str
    messenger: str
    address: str
    last_id: int
    started_at: datetime
    reached_id: int = 0
    state: CampaignState = CampaignState.RUNNING


@dataclass(frozen=True, slots=True, kw_only=True)
class Campaign:
    """Stored campaign. ``address`` is the chat of the manager who started it."""

    id: int
    journey: str
    survey: str
    segment: str
    state: CampaignState
    address: Address
    reached_id: int
    last_id: int
    started_at: datetime
    ended_at: datetime | None

    @property
    def is_looking(self) -> bool:
        """True while some customers were not looked at yet."""
        return self.state is CampaignState.RUNNING and self.reached_id < self.last_id


_campaign_from_row = row_reader(Campaign, campaign_table, address=address_reader(campaign_table))
_campaign_columns = row_writer(NewCampaign)
_IS_RUNNING = campaign_table.c.state == CampaignState.RUNNING
_RUNNING = select(campaign_table).where(_IS_RUNNING).order_by(campaign_table.c.id)  # built once: a tick runs it


def start(tx: Connection, new: NewCampaign) -> int | None:
    """Store a campaign and return its id; None while another one of the same survey is running."""
    started = insert(tx, campaign_table).values(_campaign_columns(new)).on_conflict_do_nothing()
    return tx.execute(started.returning(campaign_table.c.id)).scalar()


def find_by_id(tx: Connection, campaign_id: int, *, for_update: bool = False) -> Campaign | None:
    """Return a campaign; with ``for_update`` others who want to change it wait until the end of ``tx``."""
    wanted = select(campaign_table).where(campaign_table.c.id == campaign_id)
    row = tx.execute(wanted.with_for_update() if for_update else wanted).first()
    return _campaign_from_row(row) if row else None


def list_running(tx: Connection) -> list[Campaign]:
    """Return the running campaigns, the longest running first."""
    return [_campaign_from_row(row) for row in tx.execute(_RUNNING)]


def find_running(tx: Connection, journey: str, survey: str) -> Campaign | None:
    """Return the running campaign of a survey."""
    return next((c for c in list_running(tx) if (c.journey, c.survey) == (journey, survey)), None)


def save_reached(tx: Connection, campaign_id: int, reached_id: int) -> None:
    """Note that customers up to this id were looked at."""
    _update(tx, campaign_id, reached_id=reached_id)


def end(tx: Connection, campaign_id: int, state: CampaignState, now: datetime) -> None:
    """End a campaign. What was not sent is to be dropped by the caller."""
    _update(tx, campaign_id, state=state, ended_at=now)


def delete_ended(tx: Connection, before: datetime) -> None:
    """Delete campaigns that ended before then; their questions stay."""
    tx.execute(delete(campaign_table).where(campaign_table.c.ended_at < before))


def _update(tx: Connection, campaign_id: int, **values: Any) -> None:
    tx.execute(update(campaign_table).where(campaign_table.c.id == campaign_id).values(values))

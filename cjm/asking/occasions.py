"""Occasions of questions without a visit: names that let each person be asked once for each of them.

They take the place of an event's id: whether somebody is in the sampling share is decided by them.
"""

from datetime import date


def pulse_occasion(journey: str, survey: str, customer_id: int, day: date) -> str:
    """Return the occasion of a pulse: one person's own day."""
    return f"pulse:{journey}:{survey}:{customer_id}:{day.isoformat()}"


def campaign_occasion(campaign_id: int, customer_id: int) -> str:
    """Return the occasion of a campaign: one person in it."""
    return f"ask:{campaign_id}:{customer_id}"


def diary_occasion(diary_id: int, number: int) -> str:
    """Return the occasion of a message of a diary: its number, from 0."""
    return f"diary:{diary_id}:{number}"


def read_diary_number(occasion: str) -> int:
    """Return the number of a message of a diary, from 0; 0 for another occasion."""
    *_, number = occasion.rpartition(":")
    return int(number) if occasion.startswith("diary:") and number.isdigit() else 0

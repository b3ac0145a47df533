"""docs/figures.md says the minimums and levels that the code has."""

import re

from bot.config.settings import PrivacySettings
from bot.db.figures.still_open import AFTER_REMINDER
from cjm.anonymity import ANONYMOUS_JUDGE_FROM, ANONYMOUS_MINIMUM
from cjm.figures.findings.ranking import ERROR
from cjm.journeys.journey import Journey
from tests.house import documents

PAGE = re.sub(r"\s+", " ", documents.read_document("docs/figures.md"))


def test_minimums_are_those_of_the_code() -> None:
    minimum, judged = PrivacySettings().minimum_answers, Journey.model_fields["judge_from"].default
    assert f"fewer people than the minimum ({minimum}, in an anonymous journey {ANONYMOUS_MINIMUM})" in PAGE
    assert f"(`judge_from`, {judged} by default, {ANONYMOUS_JUDGE_FROM} in an anonymous journey)" in PAGE


def test_level_of_the_ranking_and_the_time_for_an_answer_are_those_of_the_code() -> None:
    assert f"MOVER at {100 - 200 * ERROR:g} % ({100 * ERROR:g} % a side)" in PAGE
    assert f"`remind_after_hours` and {AFTER_REMINDER.total_seconds() / 3600:g} hours ago" in PAGE

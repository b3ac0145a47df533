"""The order of the stages: nobody goes on from the last one, and only what lies before is remembered."""

import pytest

from cjm.journeys.journey_file import read_journey
from cjm.journeys.survey import Trigger, TriggerKind
from tests.cjm.journeys.files import mistakes
from tests.journeys import SMALL

LEFT = 'on = { leave = "find" }'
FELT = 'text = "How did you feel?"'


@pytest.mark.parametrize("kind", [TriggerKind.DWELL, TriggerKind.EXIT])
def test_nobody_can_stay_behind_at_the_last_stage(kind: TriggerKind) -> None:
    trigger = read_journey(SMALL.replace(LEFT, f'on = {{ {kind} = "buy" }}'), "small.toml").surveys[2].on
    assert (trigger, trigger.kind, trigger.subject) == (Trigger.model_validate({kind: "buy"}), kind, "buy")
    (mistake,) = mistakes(SMALL.replace(LEFT, f'on = {{ {kind} = "use" }}'))
    assert mistake.endswith(f'surveys.left.on.{kind}: "use" is the last stage: nobody goes on from it')


@pytest.mark.parametrize("about", ["find", "advert", "buy", "call"])
def test_what_lies_before_the_trigger_can_be_recalled(about: str) -> None:
    text = SMALL.replace(FELT, f'{FELT}\nabout = "{about}"\nrecalled = true')
    assert read_journey(text, "small.toml").surveys[1].questions[0].recalled


@pytest.mark.parametrize(
    ("keys", "sentence"),
    [
        ('about = "open"', '"open" does not come before "open", so nobody recalls it there'),
        ("", 'needs about = "…", the earlier stage or touchpoint that the customer remembers'),
    ],
)
def test_a_recalled_question_about_nothing_earlier_is_a_mistake(keys: str, sentence: str) -> None:
    (mistake,) = mistakes(SMALL.replace(FELT, f"{FELT}\nrecalled = true\n{keys}"))
    assert mistake.endswith(f"surveys.box.questions.box_felt.recalled: {sentence}")


def test_a_later_stage_cannot_be_recalled() -> None:
    (mistake,) = mistakes(SMALL.replace('kind = "ces"', 'kind = "ces"\nabout = "use"\nrecalled = true'))
    assert mistake.endswith('recalled: "use" does not come before "find", so nobody recalls it there')

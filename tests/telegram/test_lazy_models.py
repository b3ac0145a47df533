"""Models of aiogram that are not built by its import are built when they are used, and pydantic is as it was."""

from typing import Any

import pytest
from pydantic import BaseModel

from bot.telegram import lazy_models

from aiogram import methods, types  # isort: skip  # after our room, which has it loaded without its models


def test_pydantic_is_as_it_was_and_a_second_call_changes_nothing() -> None:
    before = types.Update.model_rebuild
    lazy_models.load_lazily()
    assert "defer_build" not in BaseModel.model_config
    assert BaseModel.model_rebuild.__module__ == "pydantic.main"
    assert types.Update.model_rebuild == before


@pytest.mark.parametrize(
    ("model", "values"),
    [
        (types.Poll, {"id": "1", "question": "q", "options": [{"text": "a", "voter_count": 1, "persistent_id": "1"}],
                      "total_voter_count": 1, "is_closed": False, "is_anonymous": True, "type": "regular",
                      "allows_multiple_answers": False, "allows_revoting": False, "members_only": False}),
        (methods.SendVenue, {"chat_id": 1, "latitude": 1.5, "longitude": 2.5, "title": "t", "address": "a",
                             "reply_parameters": {"message_id": 7}}),
        (methods.Response[types.Chat], {"ok": True, "result": {"id": 1, "type": "private"}}),
    ],
)  # fmt: skip
def test_model_that_no_start_builds_reads_and_writes_its_values(model: type[BaseModel], values: dict[str, Any]) -> None:
    read = model.model_validate(values)
    assert model.__pydantic_complete__
    assert read.model_dump(exclude_unset=True, mode="json") == values


def test_models_that_are_used_are_built_by_name_of_their_fields() -> None:
    lazy_models.build_used_models()
    message = {"message_id": 1, "date": 0, "chat": {"id": 1, "type": "private"}, "text": "a"}
    update = types.Update.model_validate({"update_id": 1, "callback_query": {
        "id": "1", "from": {"id": 2, "is_bot": False, "first_name": "A"}, "chat_instance": "c", "message": message,
    }})  # fmt: skip
    assert update.callback_query is not None
    assert isinstance(update.callback_query.message, types.Message)

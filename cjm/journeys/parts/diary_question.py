"""Questions of a volunteer diary, apart from the models of a journey: no picture should wait for pydantic.

Their keys, and that of their survey, hold a colon: no key of a journey file can be the same.
"""

from enum import StrEnum

DIARY_SURVEY = "diary:survey"
"""Key under which the messages of diaries are stored as invitations."""


class DiaryQuestion(StrEnum):
    """Question of a diary, in the order of asking; the values are names in journey files and keys of texts."""

    DOING = "doing"
    WISHING = "wishing"
    HINDERED = "hindered"

    @property
    def key(self) -> str:
        """Key under which the answers are stored."""
        return f"diary:{self.value}"


DIARY_QUESTIONS = {question.key: question for question in DiaryQuestion}
"""Questions of a diary by the key of their answers."""

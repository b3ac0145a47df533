"""Table of the methods that the sandbox plays. Any other is refused like a method that does not exist."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from bot.sandbox.methods import bot_and_chats, editing, sending
from bot.sandbox.methods.parameters import Parameters
from bot.sandbox.refusals import method_not_found
from bot.sandbox.world.world import World


@dataclass(frozen=True)
class Method:
    """Method of the Bot API, with the parameters that the sandbox models."""

    name: str
    run: Callable[[World, Parameters], Any]
    parameters: frozenset[str]

    def __call__(self, world: World, parameters: Parameters) -> Any:
        parameters.refuse_others(self.parameters)
        return self.run(world, parameters)


def _entry(name: str, run: Callable[[World, Parameters], Any], parameters: str) -> tuple[str, Method]:
    return name.lower(), Method(name, run, frozenset(parameters.split()))


# Some are accepted and ignored, such as disable_notification: they change neither the words nor the buttons.
_SEND = (
    "chat_id message_thread_id disable_notification protect_content reply_parameters reply_to_message_id "
    "allow_sending_without_reply reply_markup"
)
_CAPTION = "caption parse_mode caption_entities show_caption_above_media"
_EDIT = "chat_id message_id reply_markup"
_FORWARD = "chat_id message_thread_id from_chat_id message_id disable_notification protect_content"
_TEXT = "text parse_mode entities link_preview_options disable_web_page_preview"

METHODS: dict[str, Method] = dict(
    [
        _entry("getMe", bot_and_chats.get_me, ""),
        _entry("sendMessage", sending.send_message, f"{_SEND} {_TEXT}"),
        _entry("sendPhoto", sending.send_photo, f"{_SEND} {_CAPTION} photo has_spoiler"),
        _entry("sendDocument", sending.send_document, f"{_SEND} {_CAPTION} document disable_content_type_detection"),
        _entry("sendVoice", sending.send_voice, f"{_SEND} {_CAPTION} voice duration"),
        _entry("forwardMessage", sending.forward_message, _FORWARD),
        _entry("copyMessage", sending.copy_message, f"{_FORWARD} {_SEND} {_CAPTION}"),
        _entry("sendChatAction", sending.send_chat_action, "chat_id message_thread_id action"),
        _entry("setMessageReaction", sending.set_message_reaction, "chat_id message_id reaction is_big"),
        _entry("editMessageText", editing.edit_text, f"{_EDIT} {_TEXT}"),
        _entry("editMessageCaption", editing.edit_caption, f"{_EDIT} {_CAPTION}"),
        _entry("editMessageMedia", editing.edit_media, f"{_EDIT} media"),
        _entry("editMessageReplyMarkup", editing.edit_reply_markup, _EDIT),
        _entry("deleteMessage", editing.delete_message, "chat_id message_id"),
        _entry("answerCallbackQuery", editing.answer_press, "callback_query_id text show_alert cache_time"),
        _entry("getFile", bot_and_chats.get_file, "file_id"),
        _entry("getChat", bot_and_chats.get_chat, "chat_id"),
        _entry("getChatMember", bot_and_chats.get_chat_member, "chat_id user_id"),
        _entry("leaveChat", bot_and_chats.leave_chat, "chat_id"),
        _entry("setMyCommands", bot_and_chats.set_commands, "commands scope language_code"),
        _entry("getMyCommands", bot_and_chats.get_commands, "scope language_code"),
        _entry("deleteMyCommands", bot_and_chats.delete_commands, "scope language_code"),
        _entry("setMyDescription", bot_and_chats.set_description, "description language_code"),
        _entry("getMyDescription", bot_and_chats.get_description, "language_code"),
        _entry("setMyShortDescription", bot_and_chats.set_short_description, "short_description language_code"),
        _entry("getMyShortDescription", bot_and_chats.get_short_description, "language_code"),
    ]
)


def carry_out(world: World, name: str, parameters: Parameters) -> Any:
    """Return the `result` of a call. Raises Refusal."""
    method = METHODS.get(name.lower())
    if method is None:
        # Counted, so that a test can find out which method a bot needs.
        world.refused_methods[name] += 1
        raise method_not_found()
    return method(world, parameters)

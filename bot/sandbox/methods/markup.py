"""Keyboards: inline buttons under a message, and reply keyboards in place of the keys."""

from collections.abc import Callable
from typing import Any

from bot.sandbox.records import Json
from bot.sandbox.refusals import BUTTON_DATA_INVALID, bad_request, not_modelled

STYLES = {"danger", "success", "primary"}
INLINE_KEYS = {"text", "callback_data", "url", "copy_text", "style", "icon_custom_emoji_id"}
REPLY_KEYS = {"text", "style", "icon_custom_emoji_id"}


def check_markup(markup: Any, *, only_inline: bool = False) -> Json | None:
    """Return the keyboard as Telegram would show it; None without one. Raises the refusal of the first mistake."""
    if markup is None:
        return None
    if not isinstance(markup, dict):
        raise bad_request("object expected as reply markup")
    if "inline_keyboard" in markup:
        rows = _check_rows(markup["inline_keyboard"], "inline_keyboard", _check_inline_button)
        return {"inline_keyboard": rows} if rows else None
    if only_inline and markup:
        raise bad_request("inline keyboard expected")
    if "keyboard" in markup:
        return markup | {"keyboard": _check_rows(markup["keyboard"], "keyboard", _check_reply_button)}
    if markup.get("remove_keyboard") or markup.get("force_reply"):
        return markup
    return None


def _check_rows(rows: Any, field: str, button: Callable[[Any], Json]) -> list[list[Json]]:
    if not isinstance(rows, list) or not all(isinstance(row, list) for row in rows):
        raise bad_request(f'field "{field}" must be an Array of Arrays')
    return [[button(each) for each in row] for row in rows if row]


def _check_label(button: Json, kind: str) -> str:
    text = button.get("text")
    if not isinstance(text, str):
        problem = 'Can\'t find field "text"' if text is None else 'Field "text" must be of type String'
        raise bad_request(f"can't parse {kind}: {problem}")
    if not text.strip():
        raise bad_request(f"{kind} text must be non-empty")
    if button.get("style") not in {None, *STYLES}:
        raise bad_request(f"can't parse {kind}: invalid button style specified")
    return text


def _check_inline_button(button: Any) -> Json:
    if not isinstance(button, dict):
        raise bad_request("can't parse inline keyboard button: InlineKeyboardButton must be an Object")
    _check_label(button, "inline keyboard button")
    # A key that the sandbox does not model must not pass in silence: the test would prove nothing.
    if unknown := sorted(set(button) - INLINE_KEYS):
        raise not_modelled(f"the inline button's {', '.join(unknown)}")
    if button.get("url"):
        return _check_url_button(button)
    if "callback_data" in button:
        data = button["callback_data"]
        # Bytes, not characters: Cyrillic counts double.
        if not isinstance(data, str) or not 1 <= len(data.encode()) <= 64:
            raise bad_request(BUTTON_DATA_INVALID)
        return button
    if isinstance(button.get("copy_text"), dict) and button["copy_text"].get("text"):
        return button
    raise bad_request("can't parse inline keyboard button: Text buttons are unallowed in the inline keyboard")


def _check_url_button(button: Json) -> Json:
    url = button["url"]
    if not isinstance(url, str) or not url.startswith(("http://", "https://", "tg://")):
        raise bad_request(f"inline keyboard button URL '{url}' is invalid: Wrong HTTP URL")
    return button


def _check_reply_button(button: Any) -> Json:
    if isinstance(button, str):
        button = {"text": button}
    if not isinstance(button, dict):
        raise bad_request("can't parse keyboard button: KeyboardButton must be a String or an Object")
    _check_label(button, "keyboard button")
    if unknown := sorted(set(button) - REPLY_KEYS):
        raise not_modelled(f"the keyboard button's {', '.join(unknown)}")
    return button

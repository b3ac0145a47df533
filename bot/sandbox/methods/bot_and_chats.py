"""Methods about the bot itself, its menus, its files and its chats."""

import re
from typing import Any

from bot.sandbox import wire
from bot.sandbox.methods.parameters import Parameters
from bot.sandbox.records import INSIDE, Json, Standing
from bot.sandbox.refusals import FILE_TOO_BIG, bad_request, forbidden
from bot.sandbox.world.files import LARGEST_DOWNLOAD
from bot.sandbox.world.world import World

COMMAND = re.compile(r"/?[a-z0-9_]{1,32}")
SIMPLE_SCOPES = {"default", "all_private_chats", "all_group_chats", "all_chat_administrators"}
GIFTS = ("unlimited_gifts", "limited_gifts", "unique_gifts", "premium_subscription", "gifts_from_channels")


def get_me(world: World, parameters: Parameters) -> Json:
    return wire.user_json(world.bot) | {
        "can_join_groups": True,
        "can_read_all_group_messages": not world.privacy,
        "supports_inline_queries": False,
        "can_connect_to_business": False,
        "has_main_web_app": False,
    }


def get_file(world: World, parameters: Parameters) -> Json:
    """Return a file with its path for the download at /file/bot<token>/<file_path>."""
    stored = world.files.find(parameters.text("file_id"))
    if stored is None:
        raise bad_request("invalid file_id" if parameters.text("file_id") else "file_id not specified")
    if len(stored.content) > LARGEST_DOWNLOAD:
        raise bad_request(FILE_TOO_BIG)
    return wire.file_json(stored, file_path=stored.path)


def get_chat(world: World, parameters: Parameters) -> Json:
    chat = world.reach_chat(parameters.chat_id(), write=False)
    return wire.chat_json(chat) | {
        # Fields that aiogram requires; the sandbox has nothing behind them.
        "accent_color_id": chat.id % 7,
        "max_reaction_count": 11,
        "accepted_gift_types": dict.fromkeys(GIFTS, False),
    }


def get_chat_member(world: World, parameters: Parameters) -> Json:
    """Return the standing of a person, or of the bot, in a chat."""
    chat = world.reach_chat(parameters.chat_id(), write=False)
    user_id = parameters.integer("user_id")
    if user_id == world.bot.id:
        return wire.member_json(world.bot, chat.bot, chat.bot_rights)
    person = world.people.get(user_id)
    if person is None:
        raise bad_request("invalid user_id specified")
    inside: Standing = "member" if chat.user == person else "left"
    return wire.member_json(person, chat.members.get(user_id, inside))


def leave_chat(world: World, parameters: Parameters) -> bool:
    """Leave a group; a private chat cannot be left."""
    chat = world.reach_chat(parameters.chat_id())
    if chat.kind == "private":
        raise bad_request("chat member status can't be changed in private chats")
    if chat.bot not in INSIDE:
        raise forbidden(f"bot is not a member of the {chat.kind} chat")
    # The members see that the bot left; the bot itself gets only `my_chat_member`.
    world.post_message(chat, world.bot, service={"left_chat_member": wire.user_json(world.bot)})
    world.change_standing(chat, world.bot, "left")
    return True


def set_commands(world: World, parameters: Parameters) -> bool:
    """Set the menu of one scope and language."""
    commands = parameters.json("commands", "commands")
    if not isinstance(commands, list):
        raise bad_request("expected an Array of BotCommand")
    # The limits of the Bot API: 100 commands, names of 32, descriptions of 256.
    if len(commands) > 100:
        raise bad_request("BOT_COMMANDS_TOO_MUCH")
    world.menus[_menu_key(world, parameters)] = [_check_command(each) for each in commands]
    _report_menu_change(world)
    return True


def _check_command(command: Any) -> Json:
    if not isinstance(command, dict):
        raise bad_request("can't parse BotCommand: expected an Object")
    for field in ("command", "description"):
        if not isinstance(command.get(field), str):
            raise bad_request(f"can't parse BotCommand: Can't find field \"{field}\"")
    if not COMMAND.fullmatch(command["command"]):
        raise bad_request("BOT_COMMAND_INVALID")
    if not 1 <= len(command["description"].strip()) <= 256:
        raise bad_request("BOT_COMMAND_DESCRIPTION_INVALID")
    return {"command": command["command"].removeprefix("/"), "description": command["description"].strip()}


def get_commands(world: World, parameters: Parameters) -> list[Json]:
    return world.menus.get(_menu_key(world, parameters), [])


def delete_commands(world: World, parameters: Parameters) -> bool:
    world.menus.pop(_menu_key(world, parameters), None)
    _report_menu_change(world)
    return True


def _report_menu_change(world: World) -> None:
    for chat in list(world.chats.values()):
        world.notify_watchers("menu", chat)


def _menu_key(world: World, parameters: Parameters) -> tuple[str, str]:
    """Return scope and language of a menu as one key."""
    scope = parameters.json("scope", "BotCommandScope") or {"type": "default"}
    language = parameters.text("language_code")
    if language and not re.fullmatch(r"[a-z]{2}", language):
        raise bad_request("invalid language code specified")
    if not isinstance(scope, dict):
        raise bad_request("BotCommandScope must be an Object")
    kind = scope.get("type")
    if kind in SIMPLE_SCOPES:
        return str(kind), language
    if kind not in {"chat", "chat_administrators", "chat_member"}:
        raise bad_request("can't parse BotCommandScope: Unsupported type specified")
    chat = world.reach_chat(Parameters(scope).chat_id(), write=False)
    member = f":{scope.get('user_id')}" if kind == "chat_member" else ""
    return f"{kind}:{chat.id}{member}", language


def _set_text(world: World, parameters: Parameters, field: str, max_length: int) -> bool:
    text = parameters.text(field)
    if len(text) > max_length:
        raise bad_request(f"BOT_{field.upper()}_TOO_LONG")
    world.descriptions[field, parameters.text("language_code")] = text
    return True


def _get_text(world: World, parameters: Parameters, field: str) -> Json:
    language = parameters.text("language_code")
    # A language without its own text shows the default.
    text = world.descriptions.get((field, language)) or world.descriptions.get((field, ""), "")
    return {field: text}


def set_description(world: World, parameters: Parameters) -> bool:
    return _set_text(world, parameters, "description", 512)


def get_description(world: World, parameters: Parameters) -> Json:
    return _get_text(world, parameters, "description")


def set_short_description(world: World, parameters: Parameters) -> bool:
    return _set_text(world, parameters, "short_description", 120)


def get_short_description(world: World, parameters: Parameters) -> Json:
    return _get_text(world, parameters, "short_description")

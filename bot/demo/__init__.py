"""The guided first minute: a simulated past, a bot, a messenger and a page, all on this machine."""

from bot.demo.running import Options, is_begun, run

__all__ = ["Options", "is_begun", "run"]

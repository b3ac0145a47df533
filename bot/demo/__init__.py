"""The guided first minute: a simulated past, a bot, a messenger and a page, all on this machine."""

from bot.demo.running import Options, run

__all__ = ["Options", "run"]

"""The guided first minute: a simulated past, a bot, a messenger and a page, all on this machine."""

from bot.demo.startup import DemoOptions, is_begun, run

__all__ = ["DemoOptions", "is_begun", "run"]

"""The guided first minute: a simulated past, a bot, a messenger and a page, all on this machine."""

from bot.demo.startup import DemoOptions, has_earlier_demo, run_demo

__all__ = ["DemoOptions", "has_earlier_demo", "run_demo"]

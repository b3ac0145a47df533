"""Demo for the first minute: a simulated past, the bot, a messenger and a chat page, all on this machine."""

from bot.demo.startup import DemoOptions, check_port, has_earlier_demo, run_demo

__all__ = ["DemoOptions", "check_port", "has_earlier_demo", "run_demo"]

"""Demo for the first minute: a simulated past, the bot, a messenger and a chat page, all on this machine."""

from bot.demo.folder import DemoFolder
from bot.demo.startup import DemoOptions, check_port, run_demo

__all__ = ["DemoFolder", "DemoOptions", "check_port", "run_demo"]

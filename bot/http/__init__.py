"""The doors for machines: events, customers, maps, the webhook, and how the house is doing."""

from bot.http.routes import make_site
from bot.http.server import Serving

__all__ = ["Serving", "make_site"]

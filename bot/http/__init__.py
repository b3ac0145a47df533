"""The doors for machines: events, customers, maps, the webhook, and how the house is doing."""

from bot.http.serving import Serving
from bot.http.site import make_site

__all__ = ["Serving", "make_site"]

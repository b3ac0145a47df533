"""The doors for machines: events, customers, maps, the webhook, and how the house is doing."""

from bot.http.routes import make_http_app
from bot.http.server import HttpServer

__all__ = ["HttpServer", "make_http_app"]

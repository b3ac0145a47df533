"""HTTP interface for machines: events, customers, maps, webhooks of messengers, health and metrics."""

from bot.http.routes import make_http_app
from bot.http.server import HttpServer

__all__ = ["HttpServer", "make_http_app"]

"""``/healthz`` (the process answers), ``/readyz`` (it can do its work) and ``/metrics`` (numbers for Prometheus)."""

from collections.abc import Awaitable, Callable, Iterator, Sequence

from aiohttp import web

from bot.db.delivery.metrics import Metrics
from bot.http.refusals import Handler, HttpRefusal
from cjm.errors import Mistake

Ready = Callable[[], Awaitable[Sequence[str]]]
Read = Callable[[], Awaitable[Metrics]]


async def get_health(request: web.Request) -> web.StreamResponse:
    return web.json_response({"status": "alive"})


def make_ready(ready: Ready) -> Handler:
    """``ready`` answers with what is missing, a sentence each; with nothing when all is well."""

    async def get_ready(request: web.Request) -> web.StreamResponse:
        missing = await ready()
        if missing:
            raise HttpRefusal(503, "not ready", [Mistake("", sentence) for sentence in missing])
        return web.json_response({"status": "ready"})

    return get_ready


def make_metrics(read: Read) -> Handler:
    async def get_metrics(request: web.Request) -> web.StreamResponse:
        text = "\n".join(written(await read())) + "\n"
        return web.Response(body=text.encode(), headers={"Content-Type": "text/plain; version=0.0.4; charset=utf-8"})

    return get_metrics


def written(metrics: Metrics) -> Iterator[str]:
    """The text that Prometheus reads. No label holds anything that people chose: states and reasons are ours."""
    yield from _gauge("tropa_letters", "letters by state", {f'state="{s}"': n for s, n in metrics.letters.items()})
    yield from _gauge(
        "tropa_inbox", "updates by state; new is the backlog", {f'state="{s}"': n for s, n in metrics.inbox.items()}
    )
    yield from _gauge("tropa_answers", "answers that are counted", {"": metrics.answers})
    decisions = {f'verdict="{v}",reason="{r}"': n for (v, r), n in metrics.decisions.items()}
    yield from _gauge("tropa_decisions_last_day", "decisions about asking, of the last 24 hours", decisions)


def _gauge(name: str, about: str, values: dict[str, int]) -> Iterator[str]:
    yield f"# HELP {name} {about}"
    yield f"# TYPE {name} gauge"
    for labels, n in sorted(values.items()):
        yield f"{name}{{{labels}}} {n}" if labels else f"{name} {n}"

"""``/healthz`` (the process answers), ``/readyz`` (it can do its work) and ``/metrics`` (numbers for Prometheus)."""

from collections.abc import Awaitable, Callable, Iterator, Sequence

from aiohttp import web

from bot.db.upkeep.service_metrics import ServiceMetrics
from bot.http.refusals import Handler, HttpRefusal
from cjm.errors import Mistake

FindProblems = Callable[[], Awaitable[Sequence[str]]]
ReadMetrics = Callable[[], Awaitable[ServiceMetrics]]


async def get_health(request: web.Request) -> web.StreamResponse:
    """Answer, which is all that a liveness probe wants: it must not fail when the database is away."""
    return web.json_response({"status": "alive"})


def make_get_ready(find_problems: FindProblems) -> Handler:
    """Make the handler of ``/readyz``. ``find_problems`` returns a sentence for each problem, none when all is well."""

    async def get_ready(request: web.Request) -> web.StreamResponse:
        problems = await find_problems()
        if problems:
            raise HttpRefusal(503, "not ready", [Mistake("", problem) for problem in problems])
        return web.json_response({"status": "ready"})

    return get_ready


def make_get_metrics(read_metrics: ReadMetrics) -> Handler:
    """Make the handler of ``/metrics``, in Prometheus' text format 0.0.4."""

    async def get_metrics(request: web.Request) -> web.StreamResponse:
        text = "\n".join(prometheus_lines(await read_metrics())) + "\n"
        return web.Response(body=text.encode(), headers={"Content-Type": "text/plain; version=0.0.4; charset=utf-8"})

    return get_metrics


def prometheus_lines(metrics: ServiceMetrics) -> Iterator[str]:
    """Return the metrics as lines for Prometheus. Labels are states and reasons of ours, never what people typed."""
    letters = {f'state="{state}"': n for state, n in metrics.letters.items()}
    yield from _gauge_lines("tropa_letters", "letters by state", letters)
    updates = {f'state="{state}"': n for state, n in metrics.inbox.items()}
    yield from _gauge_lines("tropa_inbox", "updates by state; new is the backlog", updates)
    yield from _gauge_lines("tropa_answers", "answers that are counted", {"": metrics.answers})
    decisions = {f'verdict="{v}",reason="{r}"': n for (v, r), n in metrics.decisions.items()}
    yield from _gauge_lines("tropa_decisions_last_day", "decisions about asking, of the last 24 hours", decisions)


def _gauge_lines(name: str, about: str, values: dict[str, int]) -> Iterator[str]:
    yield f"# HELP {name} {about}"
    yield f"# TYPE {name} gauge"
    for labels, n in sorted(values.items()):
        yield f"{name}{{{labels}}} {n}" if labels else f"{name} {n}"

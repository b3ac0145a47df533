"""``/healthz`` (the process answers), ``/readyz`` (it can do its work) and ``/metrics`` (numbers for Prometheus)."""

from collections.abc import Awaitable, Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from aiohttp import web

from bot.db.delivery.states import InboxState, LetterState
from bot.db.upkeep.service_metrics import ServiceMetrics
from bot.http.refusals import Handler, error_body, mistake_bodies
from bot.usecases.upkeep.findings import Finding, ProcessRole, Severity
from cjm.errors import Mistake


@dataclass(frozen=True, slots=True)
class Readiness:
    """Answer of ``/readyz`` as a value."""

    role: ProcessRole
    findings: Sequence[Finding]


CheckReadiness = Callable[[], Awaitable[Readiness]]
ReadMetrics = Callable[[], Awaitable[ServiceMetrics]]


async def get_health(request: web.Request) -> web.StreamResponse:
    """Answer, which is all that a liveness probe wants: it must not fail when the database is away."""
    return web.json_response({"status": "alive"})


def make_get_ready(check_readiness: CheckReadiness) -> Handler:
    """Make the handler of ``/readyz``: 503 when something keeps this process from its work, else 200.

    Both answers name the role of the process and the warnings, each with the name of its check.
    """

    async def get_ready(request: web.Request) -> web.StreamResponse:
        readiness = await check_readiness()
        problems = list(_as_mistakes(readiness.findings, Severity.PROBLEM))
        warnings = mistake_bodies(_as_mistakes(readiness.findings, Severity.WARNING))
        body: dict[str, Any] = {"status": "not ready" if problems else "ready", "role": readiness.role.value}
        if problems:
            body |= error_body(503, "not ready", problems)
        return web.json_response(body | {"warnings": warnings}, status=503 if problems else 200)

    return get_ready


def _as_mistakes(findings: Iterable[Finding], severity: Severity) -> Iterator[Mistake]:
    return (Mistake(finding.check.value, finding.text) for finding in findings if finding.severity is severity)


def make_get_metrics(read_metrics: ReadMetrics) -> Handler:
    """Make the handler of ``/metrics``, in Prometheus' text format 0.0.4."""

    async def get_metrics(request: web.Request) -> web.StreamResponse:
        text = "\n".join(prometheus_lines(await read_metrics())) + "\n"
        return web.Response(body=text.encode(), headers={"Content-Type": "text/plain; version=0.0.4; charset=utf-8"})

    return get_metrics


def prometheus_lines(metrics: ServiceMetrics) -> Iterator[str]:
    """Return the metrics as lines for Prometheus. Labels are states and reasons of ours, never what people typed."""
    # Zeroes too: a watcher cannot compare a line that is missing.
    letters = {f'state="{state}"': metrics.letters.get(state, 0) for state in LetterState}
    yield from _gauge_lines("tropa_letters", "letters by state", letters)
    updates = {f'state="{state}"': metrics.inbox.get(state, 0) for state in InboxState}
    yield from _gauge_lines("tropa_inbox", "updates by state; new is the backlog", updates)
    yield from _gauge_lines("tropa_answers", "answers that are counted", {"": metrics.answers})
    decisions = {f'verdict="{v}",reason="{r}"': n for (v, r), n in metrics.decisions.items()}
    yield from _gauge_lines("tropa_decisions_last_day", "decisions about asking, of the last 24 hours", decisions)


def _gauge_lines(name: str, about: str, values: dict[str, int]) -> Iterator[str]:
    yield f"# HELP {name} {about}"
    yield f"# TYPE {name} gauge"
    for labels, n in sorted(values.items()):
        yield f"{name}{{{labels}}} {n}" if labels else f"{name} {n}"

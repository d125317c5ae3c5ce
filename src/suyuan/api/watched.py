"""For those who run the server: is it alive, is it ready, what does it do; and a line of log for what went wrong or took long.

/health    the process answers
/ready     it can read the record and its writer is not overrun
/metrics   Prometheus text
"""

import json
import logging
import time
from collections import Counter
from datetime import UTC, datetime

from litestar import Response, get
from litestar.enums import ScopeType
from litestar.types import ASGIApp, Message, Receive, Scope, Send

from suyuan.api.documented import operation, problems
from suyuan.api.hall import hall_of
from suyuan.api.shapes import AnyRequest, json_response
from suyuan.terms.instants import show_instant

BUCKETS_S = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 10.0)
SLOW_S = 1.0
log = logging.getLogger("suyuan.access")


class Counts:
    """What this process answered."""

    def __init__(self) -> None:
        self.answers: Counter[tuple[str, int]] = Counter()
        self.within: Counter[float] = Counter()
        self.seconds = 0.0

    def note(self, method: str, status: int, seconds: float) -> None:
        """One answer."""
        self.answers[method, status] += 1
        self.seconds += seconds
        self.within[next((bucket for bucket in BUCKETS_S if seconds <= bucket), float("inf"))] += 1

    def lines(self) -> list[str]:
        """As Prometheus reads it."""
        said = ["# TYPE suyuan_http_requests_total counter"]
        said += [
            f'suyuan_http_requests_total{{method="{method}",status="{status}"}} {count}'
            for (method, status), count in sorted(self.answers.items())
        ]
        said.append("# TYPE suyuan_http_request_seconds histogram")
        total = 0
        for bucket in (*BUCKETS_S, float("inf")):
            total += self.within[bucket]
            le = "+Inf" if bucket == float("inf") else str(bucket)
            said.append(f'suyuan_http_request_seconds_bucket{{le="{le}"}} {total}')
        return [
            *said,
            f"suyuan_http_request_seconds_sum {self.seconds:.6f}",
            f"suyuan_http_request_seconds_count {total}",
        ]


COUNTS = Counts()


class Watched:
    """Counts answers, and logs those that went wrong or took long: never keys, never what was asked for."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve a connection."""
        if scope["type"] != ScopeType.HTTP:
            await self._app(scope, receive, send)
            return
        start, status = time.perf_counter(), 0

        async def noting(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        try:
            await self._app(scope, receive, noting)
        finally:
            seconds, method = time.perf_counter() - start, str(scope["method"])
            COUNTS.note(method if method in METHODS else "OTHER", status, seconds)
            if status >= 500 or seconds > SLOW_S:
                client = scope.get("client")
                log.warning(
                    json.dumps({
                        "at": show_instant(datetime.now(UTC)), "method": method, "path": _redacted(scope["path"]),
                        "status": status, "ms": round(seconds * 1000), "from": client[0] if client else None,
                    })
                )  # fmt: skip


METHODS = frozenset({"GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "HEAD"})


def _redacted(path: str) -> str:
    """The kind of a path: codes and ids in it are nobody's business in a log.

    >>> _redacted("/api/v1/trace/04QCB76836300JBC40000903")
    '/api/v1/trace/…'
    """
    parts = path.split("/")
    kept = 4 if path.startswith("/api/") else 2
    return "/".join(parts[:kept]) + ("/…" if len(parts) > kept else "")


@get("/health", responses=problems(), operation_class=operation())
async def health(request: AnyRequest) -> Response[dict[str, str]]:
    """The process answers."""
    return json_response({"status": "ok"})


@get("/ready", responses=problems(), operation_class=operation())
async def ready(request: AnyRequest) -> Response[dict[str, object]]:
    """It can read the record, and its writer keeps up."""
    hall = hall_of(request)
    size = await hall.look(lambda workspace: workspace.ledger.size)
    waiting = hall.service.recorder.waiting
    is_ready = hall.service.recorder.keeps_up
    said = {"status": "ready" if is_ready else "busy", "entries": size, "waiting": waiting}
    return json_response(said, 200 if is_ready else 503)


@get("/metrics", include_in_schema=False)
async def metrics(request: AnyRequest) -> Response[str]:
    """Counters of this process."""
    hall = hall_of(request)
    recorder = hall.service.recorder
    gauges = {
        "suyuan_ledger_entries": hall.head(),
        "suyuan_events_waiting": recorder.waiting,
    }
    totals = {"suyuan_events_answered_total": recorder.events, "suyuan_commits_total": recorder.commits}
    said = [line for name, value in gauges.items() for line in (f"# TYPE {name} gauge", f"{name} {value}")]
    said += [line for name, value in totals.items() for line in (f"# TYPE {name} counter", f"{name} {value}")]
    return Response("\n".join([*said, *COUNTS.lines(), ""]), media_type="text/plain; version=0.0.4")


HANDLERS = (health, ready, metrics)

"""Start the server: granian with worker processes that each make the application from what stands in SUYUAN_SERVE."""

import json
import logging
import os
from datetime import datetime
from ipaddress import ip_address
from pathlib import Path
from typing import TYPE_CHECKING, Any

from granian import Granian
from granian.constants import Interfaces, Loops
from granian.http import HTTP1Settings

from suyuan.terms.errors import SuyuanError
from suyuan.terms.instants import parse_instant, show_instant
from suyuan.usecases.settings import Settings
from suyuan.usecases.workspace import open_workspace

if TYPE_CHECKING:
    from suyuan.api.watched import Watched

LOOPBACK = "127.0.0.1"
SETTINGS = "SUYUAN_SERVE"
HEADER_READ_MS = 10_000
STOP_S = 30
CONNECTIONS_MAX = 2048


class OpenToTheWorld(SuyuanError):
    """A server without keys listens on this machine alone."""


def application() -> "Watched":
    """The application of one worker process."""
    # what answers questions is heavy, and the process that watches over the others asks none
    from suyuan.api.app import Front, made
    from suyuan.api.watched import Watched

    said = json.loads(os.environ[SETTINGS])
    at = parse_instant(said["at"]) if said["at"] else None
    settings = Settings(
        Path(said["directory"]), said["open_to_all"], at, said["workers"], tuple(said["callbacks"])
    )
    return Watched(Front(made(settings)))


def serve(settings: Settings, host: str, port: int) -> None:
    """Serve until told to stop. Raises OpenToTheWorld, NotAWorkspace, ClockNotSettable."""
    if settings.open_to_all and not is_loopback(host):
        raise OpenToTheWorld(
            f"--open serves everybody without a key and is for 127.0.0.1 alone, not {host}",
            f"--open 不需要密钥即向所有人开放，只能用于 127.0.0.1，不能用于 {host}",
        )
    open_workspace(settings.directory, at=settings.at).close()
    os.environ[SETTINGS] = json.dumps(told(settings))
    logging.basicConfig(level=logging.INFO, format="%(message)s")
    Granian(
        "suyuan.api.serving:application",
        address=host,
        port=port,
        interface=Interfaces.ASGI,
        workers=settings.workers,
        factory=True,
        loop=Loops.asyncio,
        backlog=1024,
        backpressure=CONNECTIONS_MAX,
        http1_settings=HTTP1Settings(header_read_timeout=HEADER_READ_MS),
        websockets=True,
        log_enabled=True,
        workers_kill_timeout=STOP_S,
        respawn_failed_workers=True,
    ).serve()


def told(settings: Settings) -> dict[str, Any]:
    """The settings as they are handed to worker processes."""
    at: datetime | None = settings.at
    return {
        "directory": str(settings.directory.absolute()), "open_to_all": settings.open_to_all,
        "at": show_instant(at) if at else None, "workers": settings.workers, "callbacks": settings.callbacks,
    }  # fmt: skip


def is_loopback(host: str) -> bool:
    """Is it this machine alone?"""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"

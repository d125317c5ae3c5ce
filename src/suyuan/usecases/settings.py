"""How a server runs: what the command line says, handed to each of its processes."""

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Settings:
    """How a server runs. `open_to_all`: without keys, everybody is the operator (loopback only)."""

    directory: Path
    open_to_all: bool = False
    at: datetime | None = None
    workers: int = 1
    callbacks: tuple[str, ...] = ()
    """Hosts that subscriptions may be sent to although they are no public addresses."""

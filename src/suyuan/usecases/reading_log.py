"""The reading log: who looked at whose data, when, through which door; entries of the ledger, so that it can be proven.

A line is (day and hour, account, tenant of the reader, verb, tenant looked at, count): opaque ids and credit codes, never codes
of things. Lines are gathered and written in batches through the ordinary capture, as `sy:reading` events of the operator.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from suyuan.rights.principal import Principal
from suyuan.rights.words import Verb
from suyuan.usecases.workspace import Workspace


@dataclass(frozen=True, slots=True)
class Reading:
    """One line of who looked at us. `entry` proves it (`suyuan receipt`)."""

    at: datetime
    account: str
    tenant: str
    verb: Verb
    of: str
    count: int
    entry: int


def note(workspace: Workspace, by: Principal, verb: Verb, seen: Mapping[str, int]) -> None:
    """Remember that `by` saw so many entries (or findings, …) of these tenants; durable at once, on the ledger with `write`.

    Its own things a tenant may see without a line. Returns quickly: one row in a small file.
    """
    raise NotImplementedError


def write(workspace: Workspace, *, at_least: int = 1) -> int:
    """Put what was gathered on the ledger if that is `at_least` lines; returns how many. Raises WriterBusy: try again later."""
    raise NotImplementedError


def looked_at(
    workspace: Workspace, by: Principal, tenant: str, *, since: datetime | None = None
) -> list[Reading]:
    """Who looked at `tenant`, newest first. Raises Forbidden."""
    raise NotImplementedError

"""Workspaces with people in them, and a clock that a test moves."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from suyuan.rights.principal import Principal
from suyuan.rights.words import Role
from suyuan.terms.instants import parse_instant
from suyuan.usecases import accounts
from suyuan.usecases.workspace import Workspace, init, open_workspace

BEGIN = parse_instant("2026-05-01T08:00:00Z")
OPERATOR = "91370100TED000022N"


@dataclass
class Clock:
    """A clock that a test moves."""

    now: datetime = BEGIN

    def __call__(self) -> datetime:
        return self.now

    def pass_(self, **span: float) -> None:
        self.now += timedelta(**span)


@contextmanager
def peopled(directory: Path, clock: Clock, operator: str | None = None) -> Iterator[Workspace]:
    """A workspace whose clock the test moves; made if there is none."""
    if not (directory / "workspace.toml").exists():
        init(directory, operator=operator)
    space = open_workspace(directory)
    space.clock = clock
    try:
        yield space
    finally:
        space.close()


def person(space: Workspace, login: str, role: Role, tenant: str, **more: object) -> Principal:
    """Somebody in a role; has no password."""
    made = accounts.add_user(
        space, accounts.operator(space), login=login, name=login, tenant=tenant, role=role, **more  # type: ignore[arg-type]
    )  # fmt: skip
    (grant,) = space.accounts.people.grants(made.account)
    return Principal(grant.tenant, grant.role, made.account, grant.area, grant.until)

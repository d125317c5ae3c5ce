"""What is held of an account: its roles, sessions and keys, as values. Nothing here is secret but what a person is called.

>>> Grant(1, Role.AUDITOR, "91610500MA6TEST00X", "", None).runs(datetime.max)
True
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from suyuan.rights.words import Role, Verb

Needs = Literal["nothing", "second-factor", "enrolment"]
"""What a session still needs before it opens a door."""


@dataclass(frozen=True, slots=True)
class Grant:
    """One role of one account. `id` names it for `revoke_role`."""

    id: int
    role: Role
    tenant: str
    area: str
    until: datetime | None

    def runs(self, now: datetime) -> bool:
        """Is it in force?"""
        return self.until is None or now < self.until


@dataclass(frozen=True, slots=True)
class Account:
    """An account as a list shows it. `login` and `name` are personal; '' once it is erased."""

    id: str
    login: str
    name: str
    tenant: str
    grants: tuple[Grant, ...]
    second_factor: bool
    made_at: datetime
    last_at: datetime | None
    locked_until: datetime | None
    erased_at: datetime | None


@dataclass(frozen=True, slots=True)
class Held:
    """A session on file. `grant` is the role in which it stands."""

    account: str
    grant: Grant
    needs: Needs
    seen_at: datetime
    until: datetime


@dataclass(frozen=True, slots=True)
class Key:
    """An API key as a list shows it: never its secret. `grant` is the role of the account that it may use."""

    id: str
    label: str
    account: str
    grant: Grant
    verbs: frozenset[Verb]
    made_at: datetime
    until: datetime
    last_at: datetime | None
    revoked_at: datetime | None

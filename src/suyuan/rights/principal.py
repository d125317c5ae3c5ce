"""Who asks, and about what: a principal and a thing, as values.

>>> Principal(tenant="91610500MA6TEST00X", role=Role.ENTRY).account
''
"""

from dataclasses import dataclass, field
from datetime import datetime

from suyuan.rights.words import Role, Verb


@dataclass(frozen=True, slots=True)
class Principal:
    """Who asks: a role of a legal person.

    `tenant` is its credit code; of an auditor that of the firm whose books are open ('' where an authority sent him:
    then the area says it). `area` is the prefix of GB/T 2260 codes that a regulator or park is there for: 2, 4 or 6
    digits; '' is no area. `account` is the opaque id of who signed in, and never a name. `until`: the right ends then.
    `also`: other names of the tenant in events (URIs of its GLNs), vouched for by the operator. `only`: an API key
    may do no more than these verbs (None: all of its role).
    """

    tenant: str
    role: Role
    account: str = ""
    area: str = ""
    until: datetime | None = None
    also: frozenset[str] = field(default=frozenset())
    only: frozenset[Verb] | None = None

    @property
    def names(self) -> frozenset[str]:
        """Every name under which the tenant stands in events."""
        return self.also | ({self.tenant} if self.tenant else frozenset())

    def ended(self, now: datetime) -> bool:
        """Is its time over?"""
        return self.until is not None and now >= self.until


PUBLIC = Principal(tenant="", role=Role.PUBLIC)
"""Whoever asks without an account."""


@dataclass(frozen=True, slots=True)
class Thing:
    """What is asked about, as far as rights care.

    `tenant` submitted it (or owns it: an account, a key, a case, a duty, a report's party). `about`: parties that report,
    give, owned, or whose place it is; `to`: parties that take it or to whose place it comes. `areas`: area codes of all
    parties that it names. `begun_by`: the account that began what is to be approved.
    """

    tenant: str = ""
    about: frozenset[str] = frozenset()
    to: frozenset[str] = frozenset()
    areas: frozenset[str] = frozenset()
    begun_by: str = ""

"""May this principal do this with that thing? One answer for every door, out of the table of rights.

>>> from suyuan.rights.principal import PUBLIC, Principal, Thing
>>> from suyuan.terms.instants import parse_instant
>>> now = parse_instant("2026-05-01T00:00:00Z")
>>> clerk = Principal(tenant="A", role=Role.ENTRY, account="u1")
>>> may(clerk, Verb.CAPTURE, Thing(tenant="A"), now).scope
<Scope.OWN: 'own'>
>>> may(clerk, Verb.CAPTURE, Thing(tenant="B"), now).reason.en
'entry clerk may submit documents of its own; this is not'
>>> may(PUBLIC, Verb.QUERY, None, now).allowed
False
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cache

from suyuan.rights.principal import Principal, Thing
from suyuan.rights.words import Role, Scope, Verb
from suyuan.standards.shapes import AccountRole, Right
from suyuan.standards.tables import table
from suyuan.terms.errors import SuyuanError
from suyuan.terms.sentence import Sentence

NOT_ALLOWED = "not allowed"


class Forbidden(SuyuanError):
    """The principal may not do this; a door answers 403 (or 404 where the thing's being there is no business of theirs)."""


@dataclass(frozen=True, slots=True)
class Decision:
    """Whether, in which scope, and why in words. `scope` is None where it is refused."""

    allowed: bool
    scope: Scope | None
    reason: Sentence

    def required(self) -> Scope:
        """The scope. Raises Forbidden with the reason."""
        if self.scope is None:
            raise Forbidden(self.reason.en, self.reason.zh)
        return self.scope


@cache
def rights() -> Mapping[tuple[Role, Verb], tuple[Scope, ...]]:
    """The table: scopes by role and verb, the nearest first. Every role and every verb stands in it."""
    rows = table("right", Right).newest
    return {
        (role, verb): _scopes(getattr(rows[verb.value], role.value.replace("-", "_")))
        for role in Role
        for verb in Verb
    }


def _scopes(text: str) -> tuple[Scope, ...]:
    named = {Scope(word) for word in text.split()}
    return tuple(scope for scope in Scope if scope in named)


def role(role: Role) -> AccountRole:
    """The row of a role."""
    return table("role", AccountRole).newest[role.value]


def verb(verb: Verb) -> Right:
    """The row of a verb."""
    return table("right", Right).newest[verb.value]


def scopes(principal: Principal, asked: Verb, now: datetime) -> tuple[Scope, ...]:
    """The scopes in which the principal may do it at `now`; none where it may not at all."""
    if principal.ended(now):
        return ()
    if principal.only is not None and (asked not in principal.only or verb(asked).person):
        return ()
    if role(principal.role).time_boxed and principal.until is None:
        return ()  # a time box without an end is none
    return rights()[principal.role, asked]


def may(principal: Principal, asked: Verb, thing: Thing | None, now: datetime) -> Decision:
    """May it? Without a thing: does the door open at all (what is then seen is cut by `visible`)?"""
    if principal.ended(now):
        return _no(Sentence(zh="该账户的授权已到期", en="the time of this right is over"))
    found = scopes(principal, asked, now)
    who, what = role(principal.role).name, verb(asked).name
    if not found:
        return _no(Sentence(zh=f"{who.zh}不可{what.zh}", en=f"{who.en} may not {what.en}"))
    if thing is None:
        return _yes(found[0], who, what)
    scope = next((scope for scope in found if _reaches(principal, scope, thing)), None)
    if scope is None:
        return _no(
            Sentence(
                zh=f"{who.zh}只可{what.zh}（{_words(found).zh}），此项不属于",
                en=f"{who.en} may {what.en} {_words(found).en}; this is not",
            )
        )
    if verb(asked).four_eyes and (not principal.account or principal.account == thing.begun_by):
        return _no(
            Sentence(
                zh="提出者不可批准：须由另一账户批准",
                en="who proposed it may not approve it: another account has to",
            )
        )
    return _yes(scope, who, what)


def _reaches(principal: Principal, scope: Scope, thing: Thing) -> bool:
    names = principal.names
    match scope:
        case Scope.OWN:
            return thing.tenant in names or not names.isdisjoint(thing.about)
        case Scope.TO_ME:
            return not names.isdisjoint(thing.to)
        case Scope.AREA:
            return principal.area != "" and any(area.startswith(principal.area) for area in thing.areas)
        case Scope.ALL | Scope.FIELDS:
            return True


_SCOPE_WORDS = {
    Scope.OWN: Sentence(zh="本单位的", en="of its own"),
    Scope.TO_ME: Sentence(zh="移交给本单位的", en="that come to it"),
    Scope.AREA: Sentence(zh="本地区的", en="of its area"),
    Scope.ALL: Sentence(zh="全部", en="of all"),
    Scope.FIELDS: Sentence(zh="公开字段", en="in their public fields"),
}


def _words(found: tuple[Scope, ...]) -> Sentence:
    return Sentence(
        zh="、".join(_SCOPE_WORDS[scope].zh for scope in found),
        en=" or ".join(_SCOPE_WORDS[scope].en for scope in found),
    )


def _yes(scope: Scope, who: Sentence, what: Sentence) -> Decision:
    words = _SCOPE_WORDS[scope]
    return Decision(
        True,
        scope,
        Sentence(zh=f"{who.zh}可{what.zh}：{words.zh}", en=f"{who.en} may {what.en}: {words.en}"),
    )


def _no(reason: Sentence) -> Decision:
    return Decision(False, None, reason)

"""EPCIS 2.0 SimpleEventQuery: what is asked, in which order, and how much of it at a time.

    /events?EQ_bizStep=shipping|receiving&GE_eventTime=…&orderBy=eventTime&perPage=50        from_url
    {"@context": …, "EQ_bizStep": ["shipping", "receiving"], "orderBy": "eventTime"}         from_body

All criteria must hold. Without `orderBy` events come in the order in which they were recorded.

Source: epcis-2.0 sections 8.2.7.1 and 12; query schema of the REST binding.

>>> query = from_url([("EQ_action", "ADD|OBSERVE"), ("GT_ex:grade", "3")], {"ex": "https://ns.example.com/"})
>>> [type(one).__name__ for one in query.criteria], query.criteria[1].name
(['OneOf', 'Said'], 'https://ns.example.com/grade')
>>> from_url([("EQ_acton", "ADD")]).criteria
Traceback (most recent call last):
suyuan.events.query_faults.QueryParameterException: EQ_acton: unknown parameter; EQ_action was meant?
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from hashlib import sha256
from typing import Any

from suyuan.events import query_values
from suyuan.events.names import Names
from suyuan.events.query_criteria import Criterion
from suyuan.events.query_faults import (
    QueryException,
    QueryParameterException,
    QueryTooComplexException,
    QueryTooLargeException,
    QueryValidationException,
)
from suyuan.events.query_parameters import criterion, full_name
from suyuan.events.query_values import Given
from suyuan.events.uris import NAMESPACE, PREFIX

__all__ = [
    "Order",
    "Query",
    "QueryException",
    "QueryParameterException",
    "QueryTooComplexException",
    "QueryTooLargeException",
    "QueryValidationException",
    "from_body",
    "from_url",
]

PER_PAGE = 30
PER_PAGE_MAX = 1_000
"""A page has no more events, whatever is asked for."""
CRITERIA_MAX = 200
"""Parameters that one query may have."""


@dataclass(frozen=True, slots=True)
class Order:
    """`eventTime`, `recordTime` or the full URI of an extension field, latest or greatest first unless `ascending`."""

    by: str
    ascending: bool = False


@dataclass(frozen=True, slots=True)
class Query:
    """One query. `order` None: as recorded, oldest first."""

    criteria: tuple[Criterion, ...] = ()
    order: Order | None = None
    event_count_limit: int | None = None
    max_event_count: int | None = None
    per_page: int = PER_PAGE
    token: str | None = None

    def paged(self, *, per_page: int | None = None, token: str | None = None) -> "Query":
        """The same query, another page of it."""
        return replace(self, per_page=min(per_page or self.per_page, PER_PAGE_MAX), token=token)

    def also(self, other: "Query") -> "Query":
        """What both ask for, in this one's order and number: for resources such as /bizSteps/shipping/events."""
        return replace(self, criteria=self.criteria + other.criteria)

    @property
    def digest(self) -> str:
        """Tells queries apart, whatever their page: a token goes on with the query that it came from alone."""
        same = (sorted(map(_told, self.criteria)), self.order, self.event_count_limit, self.max_event_count)
        return sha256(repr(same).encode()).hexdigest()[:16]


def _told(criterion: Criterion) -> str:
    """A criterion in words that do not depend on the order in which a set was made."""
    fields = [getattr(criterion, name) for name in type(criterion).__slots__]
    told = [sorted(map(repr, field)) if isinstance(field, frozenset) else repr(field) for field in fields]
    return f"{type(criterion).__name__}{told}"


def from_url(parameters: Iterable[tuple[str, str]], prefixes: Mapping[str, str] | None = None) -> Query:
    """The query in a URL: names and values with their escapes undone; lists joined by `|`.

    `prefixes`: what the header GS1-Extensions binds. Raises QueryParameterException, QueryTooComplexException.
    """
    names = Names({PREFIX: NAMESPACE, **(prefixes or {})})
    found: dict[str, Given] = {}
    for name, value in parameters:
        if name in found:
            raise QueryParameterException(
                name, "given twice; join the values by |", "重复出现；多个值请以 | 连接"
            )
        found[name] = Given(name, value, True, names)
    return _query(found)


def from_body(body: Any, prefixes: Mapping[str, str] | None = None) -> Query:
    """The query of a named query, a JSON object. Its `@context` binds prefixes, as do `prefixes` where it does not.

    Raises QueryValidationException where it is no object, QueryParameterException, QueryTooComplexException.
    """
    if not isinstance(body, dict):
        raise QueryValidationException(
            "a query is a JSON object of parameters", "查询应为由参数组成的 JSON 对象"
        )
    names = Names({PREFIX: NAMESPACE, **(prefixes or {}), **_bound(body.get("@context"))})
    found = {
        name: Given(name, value, False, names)
        for name, value in body.items()
        if name not in ("@context", "queryType")
    }
    for name in ("perPage", "nextPageToken"):
        if name in found:
            raise QueryParameterException(
                name,
                "belongs in the URL that asks for the events, not in the query",
                "应写在取事件的 URL 中，而不是查询中",
            )
    return _query(found)


def _bound(context: Any) -> Mapping[str, str]:
    if context is None or isinstance(context, str | list | dict):
        return Names.of(context).bound
    raise QueryValidationException("@context is no URL, object or list", "@context 应为 URL、对象或列表")


def _is_text(value: Any) -> bool:
    """Whether all texts in a value can be written: half a surrogate pair is no character."""
    if isinstance(value, str):
        return value.isascii() or not any("\ud800" <= letter <= "\udfff" for letter in value)
    return all(map(_is_text, value)) if isinstance(value, list) else True


def _query(given: dict[str, Given]) -> Query:
    for name, one in given.items():
        if not _is_text([name, one.value]):
            raise QueryParameterException(
                name.encode("ascii", "backslashreplace").decode(),
                "holds half a character (a lone surrogate)",
                "含有不完整的字符（单独的代理码）",
            )
    if len(given) > CRITERIA_MAX:
        raise QueryTooComplexException(
            f"{len(given)} parameters are too many; ask with at most {CRITERIA_MAX}",
            f"参数多达 {len(given)} 个；请不超过 {CRITERIA_MAX} 个",
        )
    order = _order(given.pop("orderBy", None), given.pop("orderDirection", None))
    limit, most = given.pop("eventCountLimit", None), given.pop("maxEventCount", None)
    per_page, token = given.pop("perPage", None), given.pop("nextPageToken", None)
    if limit is not None and most is not None:
        raise QueryParameterException(
            "eventCountLimit",
            "excludes maxEventCount; give one of them",
            "不能与 maxEventCount 同时使用；请只给其一",
        )
    if limit is not None and order is None:
        raise QueryParameterException(
            "eventCountLimit",
            "needs orderBy, which says which events come first",
            "需要 orderBy，以确定哪些事件在先",
        )
    criteria = [found for one in given.values() if (found := criterion(one)) is not None]
    return Query(
        tuple(criteria),
        order,
        None if limit is None else query_values.whole(limit),
        None if most is None else query_values.whole(most),
        PER_PAGE if per_page is None else min(query_values.whole(per_page), PER_PAGE_MAX),
        None if token is None else str(token.value),
    )


def _order(by: Given | None, direction: Given | None) -> Order | None:
    ascending = direction is not None and query_values.choice(direction, ("ASC", "DESC")) == "ASC"
    if by is None:
        return None
    if by.value in ("eventTime", "recordTime"):
        return Order(str(by.value), ascending)
    if not isinstance(by.value, str) or ":" not in by.value:
        raise query_values.wrong(
            by,
            "{} is neither eventTime, recordTime nor an extension field with its prefix",
            "{} 既不是 eventTime、recordTime，也不是带前缀的扩展字段",
        )
    return Order(full_name(by, by.value), ascending)

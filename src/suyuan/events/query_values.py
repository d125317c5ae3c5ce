"""The value of a query's parameter, as text of a URL or as JSON, read as what the parameter takes.

    URL      EQ_action=ADD|OBSERVE      GE_quantity=200        EXISTS_ex:grade=
    JSON     ["ADD", "OBSERVE"]         200                    null

Every reader raises QueryParameterException with the parameter's name, what was found, and what to write.
"""

import math
import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from difflib import get_close_matches
from typing import Any

from suyuan.events import formats
from suyuan.events.names import Names
from suyuan.events.query_criteria import Value
from suyuan.events.query_faults import QueryParameterException, QueryTooComplexException
from suyuan.terms.errors import SuyuanError
from suyuan.terms.instants import parse_instant

VALUES_MAX = 10_000
"""Values that one parameter may list."""

_NUMBER = re.compile(r"-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?")
_SHOWN = 60


@dataclass(frozen=True, slots=True)
class Given:
    """A parameter as it came. `value` is text where it came in a URL, else any JSON."""

    name: str
    value: Any
    from_url: bool
    names: Names


def wrong(given: Given, en: str, zh: str) -> QueryParameterException:
    """The exception for this parameter; `{}` in the sentences is its value."""
    shown = repr(given.value)
    shown = shown if len(shown) <= _SHOWN else shown[: _SHOWN - 1] + "…"
    return QueryParameterException(given.name, en.replace("{}", shown), zh.replace("{}", shown))


def pieces(given: Given) -> list[Any]:
    """The values listed: of a URL cut at `|`, of JSON an array."""
    if given.from_url:
        found: list[Any] = given.value.split("|")
        if not all(found):
            raise wrong(
                given,
                "{} has an empty value; give one or more values, joined by |",
                "{} 中有空值；请给出一个或多个值，以 | 连接",
            )
    elif isinstance(given.value, list) and given.value:
        found = given.value
    else:
        raise wrong(given, "{} is no array with at least one value", "{} 不是至少含一个值的数组")
    if len(found) > VALUES_MAX:
        raise QueryTooComplexException(
            f"{given.name} lists {len(found)} values; ask with at most {VALUES_MAX} at a time",
            f"{given.name} 列出了 {len(found)} 个值；请分批查询，每次至多 {VALUES_MAX} 个",
        )
    return found


def texts(given: Given) -> list[str]:
    """A list of texts."""
    found = pieces(given)
    if not all(isinstance(one, str) and one for one in found):
        raise wrong(given, "{} must list texts", "{} 应为文本列表")
    return found


def uris(given: Given) -> list[str]:
    """A list of URIs."""
    found = texts(given)
    for one in found:
        if not formats.is_uri(one):
            raise wrong(
                given,
                f"{one!r} is no URI; write it whole, such as https://id.gs1.org/01/04012345111118/21/9876",
                f"{one!r} 不是 URI；请完整书写，例如 https://id.gs1.org/01/04012345111118/21/9876",
            )
    return found


def words(given: Given, standard: Iterable[str]) -> frozenset[str]:
    """A list of words: standard ones bare, others as URIs or with a prefix; as `Names.word` writes them."""
    known = tuple(standard)
    return frozenset(_word(given, one, known) for one in texts(given))


def _word(given: Given, text: str, standard: Sequence[str]) -> str:
    if text in standard or formats.is_uri(text):
        return given.names.word(text)
    near = get_close_matches(text, standard, 1)
    en, zh = (f"; {near[0]!r} was meant?", f"；是否应为 {near[0]!r}？") if near else ("", "")
    raise wrong(
        given,
        f"{text!r} is no standard word and no URI{en}; write a standard word bare, own words as URIs",
        f"{text!r} 既不是标准词，也不是 URI{zh}；标准词直接书写，自有词请写 URI",
    )


def choice(given: Given, allowed: Sequence[str]) -> str:
    """One of some words."""
    if given.value not in allowed:
        raise wrong(
            given, f"{{}} must be one of {', '.join(allowed)}", f"{{}} 应为 {'、'.join(allowed)} 之一"
        )
    return str(given.value)


def instant(given: Given) -> datetime:
    """A date-time with zone."""
    found = as_instant(given.value) if isinstance(given.value, str) else None
    if found is None:
        raise wrong(
            given,
            "{} is no date-time with a zone; write it like 2026-05-01T08:00:00+08:00 (in a URL the + as %2B)",
            "{} 不是带时区的时间；请写成 2026-05-01T08:00:00+08:00（在 URL 中 + 写作 %2B）",
        )
    return found


def as_instant(text: str) -> datetime | None:
    """The instant that a text writes; None where it writes none. A second 60 is the 59th."""
    if len(text) < len("2026-05-01T08:00:00Z") or text[4:5] != "-":
        return None
    if not formats.is_date_time(text):
        text = text.replace(":60", ":59")
        if not formats.is_date_time(text):
            return None
    try:
        return parse_instant(text.strip().upper())
    except SuyuanError:  # a day before the year 1 in UTC
        return None


def as_number(value: Any) -> float | None:
    """The finite number that a value is, or that a text writes as JSON does."""
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return None
    if isinstance(value, str) and not _NUMBER.fullmatch(value):
        return None
    try:
        found = float(value)
    except OverflowError:
        return None
    return found if math.isfinite(found) else None


def number(given: Given) -> float:
    """A finite number."""
    found = as_number(given.value) if given.from_url or not isinstance(given.value, str) else None
    if found is None:
        raise wrong(given, "{} is no number; write it like 12.5", "{} 不是数字；请写成 12.5")
    return found


def numbers(given: Given) -> tuple[float, ...]:
    """A number or a list of them."""
    if given.from_url or isinstance(given.value, list):
        return tuple(number(Given(given.name, one, given.from_url, given.names)) for one in pieces(given))
    return (number(given),)


def whole(given: Given, least: int = 1) -> int:
    """A whole number of at least `least`."""
    value = given.value
    if given.from_url and re.fullmatch("[0-9]{1,18}", value):
        value = int(value)
    if isinstance(value, bool) or not isinstance(value, int) or not least <= value < 1 << 62:
        raise wrong(given, f"{{}} is no whole number from {least} on", f"{{}} 不是不小于 {least} 的整数")
    return value


def truth(given: Given) -> bool:
    """True or false."""
    value = given.value
    if given.from_url and value in ("true", "false"):
        value = value == "true"
    if not isinstance(value, bool):
        raise wrong(given, "{} is neither true nor false", "{} 既不是 true 也不是 false")
    return value


def exists(given: Given) -> bool:
    """Whether existence is asked for at all: nothing, true or a number; `false` (or 0) asks for nothing."""
    value = given.value
    if given.from_url:
        value = {"": None, "true": True, "false": False, "null": None}.get(value, value)
        value = int(value) if isinstance(value, str) and re.fullmatch("-?[0-9]{1,18}", value) else value
    if value is None or isinstance(value, bool | int):
        return value is None or bool(value)
    raise wrong(given, "{} says nothing here; write true", "{} 在此无意义；请写 true")


def compared(given: Given, lists: bool) -> tuple[Value, ...]:
    """What an extension is compared with. A text of a URL is whatever it may be; JSON says it by its type.

    `lists`: EQ, of which texts may be listed; others take one number or instant.
    """
    if not lists:
        found = _comparable(given)
        if found is None:
            raise wrong(given, "{} is neither a number nor a date-time", "{} 既不是数字，也不是带时区的时间")
        return (found,)
    listed = pieces(given) if given.from_url or isinstance(given.value, list) else [given.value]
    values: list[Value] = []
    for one in listed:
        if isinstance(one, bool):
            values.append("true" if one else "false")
            continue
        if isinstance(one, str):
            prefixed = given.names.prefixed(one)
            values += [one] if prefixed is None else [one, prefixed]
            told: Value | None = as_instant(one)
            if told is None and given.from_url:
                told = as_number(one)
        else:
            told = as_number(one)
            if told is None:
                raise wrong(
                    given, "{} must be a text, a number or a list of these", "{} 应为文本、数字或其列表"
                )
        values += [] if told is None else [told]
    return tuple(dict.fromkeys(values))


def _comparable(given: Given) -> Value | None:
    value = given.value
    if isinstance(value, str):
        at = as_instant(value)
        return as_number(value) if at is None and given.from_url else at
    return as_number(value)


Reader = Callable[[Given], Any]

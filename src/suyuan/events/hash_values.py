"""How the event hash writes single values: instants, numbers, words and URIs (CBV 2.0 section 8.9).

>>> utc("2026-05-01T08:00:00.1425+08:00"), number(45.50), number(1e-7)
('2026-05-01T00:00:00.143Z', '45.5', '0.0000001')
>>> Texts(Names.of({"ex": "https://ns.example.com/"}))["ex:graded"]
'https://ns.example.com/graded'
"""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

from suyuan.events.cbv import web_uri
from suyuan.events.names import Names
from suyuan.identifiers import digital_link, epc_urn

_KEPT_MAX = 32_768
_SECOND = timedelta(seconds=1)

_instants: dict[str, str] = {}


def utc(text: str) -> str:
    """An instant in UTC with milliseconds, the fourth decimal rounding up; other text stays as it is."""
    known = _instants.get(text)
    if known is None:
        if len(_instants) >= _KEPT_MAX:
            _instants.clear()
        known = _instants[text] = _utc(text.strip())
    return known


def _utc(text: str) -> str:
    try:
        moment = datetime.fromisoformat(text.upper())  # RFC 3339 allows t and z
        if moment.tzinfo is None:
            return text
        moment = moment.astimezone(UTC)
        milliseconds = (moment.microsecond + 500) // 1000
        if milliseconds == 1000:
            moment, milliseconds = moment + _SECOND, 0
    except (ValueError, OverflowError):
        return text
    return f"{moment.isoformat()[:19]}.{milliseconds:03d}Z"


def number(value: float) -> str:
    """A number without trailing zeros and without an exponent."""
    if isinstance(value, int) or value.is_integer():
        return str(int(value))
    shortest = repr(value)
    return format(Decimal(shortest), "f") if "e" in shortest else shortest


def scalar(value: object, texts: "Texts") -> str:
    """Any JSON value that is not an object or array; null is nothing."""
    if isinstance(value, str):
        return texts[value]
    if isinstance(value, bool):
        return "true" if value else "false"
    return number(value) if isinstance(value, int | float) else ""


class Texts(dict[str, str]):
    """Canonical texts under the names of one context, each worked out once.

    A prefixed name becomes its full URI, a vocabulary URN its Web URI, an EPC URN or Digital Link its
    `https://id.gs1.org/…` form; any other text stays as it is, without the blanks around it. Numbers that
    come as text stay text: `0012` is an identifier as soon as somebody writes quotes around it.
    """

    def __init__(self, names: Names) -> None:
        super().__init__()
        self._names = names

    def __missing__(self, text: str) -> str:
        if len(self) >= _KEPT_MAX:
            self.clear()
        value = self[text] = self._canonical(text.strip())
        return value

    def _canonical(self, text: str) -> str:
        expanded = self._names.prefixed(text) if ":" in text else None
        if expanded is not None:
            text = expanded
        if text.startswith(("https://", "http://", "HTTPS://", "HTTP://")):
            return digital_link.canonical(text)
        if text.startswith("urn:"):
            return epc_urn.canonical(text) if text.startswith("urn:epc:") else web_uri(text)
        return text

"""Patterns of EPCs: a URN whose last pieces are left open, `urn:epc:idpat:sgtin:4012345.011111.*`.

    urn:epc:idpat:sgtin:4012345.011111.*        every serial number of one model
    urn:epc:idpat:sgtin:4012345.*.*             everything under one company prefix
    urn:epc:classpat:lgtin:4012345.011111.*     every lot of one model

An EPC URN is compared piece by piece. A Digital Link does not tell where the company prefix ends: there the digits are
compared, so that a longer prefix that begins with the same digits is taken in too. A class (`epcClass`) written as a pattern is
taken in where every thing of it would be.

Source: EPC Tag Data Standard, pure identity patterns; epcis-2.0 section 8.2.7.1.1.

>>> model = parse("urn:epc:idpat:sgtin:4012345.011111.*")
>>> takes_in(model, "urn:epc:id:sgtin:4012345.011111.9876"), takes_in(model, "https://x.example/01/04012345111118/21/9876")
(True, True)
>>> takes_in(model, "urn:epc:id:sgtin:4012345.022222.9876"), takes_in(model, "urn:epc:idpat:sgtin:4012345.*.*")
(False, False)
"""

import re
from dataclasses import dataclass

from suyuan.identifiers import epc_urn
from suyuan.identifiers.canonical_link import CANONICAL_STEM, canonical_path, unescaped

_PIECES = {
    "sgtin": 3, "sscc": 2, "sgln": 3, "grai": 3, "giai": 2, "gsrn": 2, "gsrnp": 2, "gdti": 3, "cpi": 3,
    "sgcn": 3, "ginc": 2, "gsin": 2, "itip": 5, "upui": 3, "pgln": 2, "lgtin": 3,
}  # fmt: skip
_URN = re.compile(r"urn:epc:(id|idpat|class|classpat):([a-z]+):(.+)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Pattern:
    """A scheme and its pieces, of which the last ones are None: anything."""

    scheme: str
    pieces: tuple[str | None, ...]
    link: str
    """A regular expression of the canonical Digital Links that may be meant."""
    like: str
    """The same in SQL's words (`_` one character, `%` any), as far as these go: takes in no less."""


def is_pattern(uri: str) -> bool:
    """Whether a text claims to be a pattern."""
    return uri[:14].lower() == "urn:epc:idpat:" or uri[:17].lower() == "urn:epc:classpat:"


def parse(uri: str) -> Pattern | None:
    """The pattern that `uri` writes; None where it writes none."""
    found = _URN.fullmatch(uri)
    if found is None or not is_pattern(uri):
        return None
    scheme = found[2].lower()
    pieces = _cut(scheme, found[3])
    if pieces is None or (scheme == "lgtin") != (found[1].lower() == "classpat"):
        return None
    opened = [piece is None for piece in pieces]
    if opened != sorted(opened):  # what is left open stands at the end
        return None
    digits = pieces[:1] if scheme in ("giai", "ginc", "cpi") else pieces[:2]
    if not all(piece is None or re.fullmatch("[0-9]*", piece) for piece in digits):
        return None
    if pieces[0] is not None and not 6 <= len(pieces[0]) <= 12:
        return None
    return Pattern(scheme, pieces, _link(scheme, pieces), _like(scheme, pieces))


def _cut(scheme: str, text: str) -> tuple[str | None, ...] | None:
    count = _PIECES.get(scheme)
    if count is None:
        return None
    parts = text.split(".", count - 1)  # a serial number may hold full stops
    if len(parts) != count or not all(parts[:1]):
        return None
    return tuple(None if part == "*" else part for part in parts)


def takes_in(pattern: Pattern, uri: str) -> bool:
    """Whether the thing or class that `uri` names is one of the pattern's."""
    found = _URN.fullmatch(uri)
    if found is None:
        canonical = epc_urn.canonical(uri)
        return canonical.startswith(CANONICAL_STEM) and re.fullmatch(pattern.link, canonical) is not None
    scheme = found[2].lower()
    pieces = _cut(scheme, found[3]) if scheme == pattern.scheme else None
    return pieces is not None and all(
        wanted is None or _plain(wanted) == _plain(piece)
        for wanted, piece in zip(pattern.pieces, pieces, strict=True)
    )


def _plain(piece: str | None) -> str | None:
    return piece if piece is None else unescaped(piece)


# -- as Digital Link ------------------------------------------------------------------------------

_ANY, _DIGITS = "[^/]+", "[0-9]*"
_AIS = {
    "sgtin": "01", "upui": "01", "lgtin": "01", "itip": "8006", "sscc": "00", "sgln": "414", "grai": "8003", "giai": "8004",
    "gsrn": "8018", "gsrnp": "8017", "gdti": "253", "cpi": "8010", "sgcn": "255", "ginc": "401", "gsin": "402", "pgln": "417",
}  # fmt: skip
_SERIALS = {"sgtin": "21", "upui": "235", "lgtin": "10", "itip": "21", "cpi": "8011"}
"""AIs of what stands behind the key; other keys hold their serial number themselves."""


def _link(scheme: str, pieces: tuple[str | None, ...]) -> str:
    """Canonical links that the pattern may take in; check digits are let pass."""
    key, last = _key(scheme, pieces), pieces[-1]
    if scheme in _SERIALS:
        serial = f"/{_SERIALS[scheme]}/{_text(last)}"
        # all of a class: the class itself is named without serial number
        key += f"(?:{serial})?" if last is None and scheme != "lgtin" else serial
    elif scheme == "sgln":
        # extension 0 is the place itself, which a link writes without one
        key += "(?:/254/[^/]+)?" if last is None else "" if last == "0" else f"/254/{_text(last)}"
    elif scheme in ("grai", "gdti", "sgcn"):
        key += "[^/]*" if last is None else _text(last)
    return rf"{re.escape(CANONICAL_STEM)}/{_AIS[scheme]}/{key}"


def _like(scheme: str, pieces: tuple[str | None, ...]) -> str:
    company, second = pieces[0] or "", pieces[1]
    if company and scheme in ("sgtin", "upui", "lgtin", "itip", "sscc"):
        digits = f"_{company}" if second is None else f"{second[:1]}{company}{second[1:]}"
    else:
        digits = ("0" if scheme == "grai" else "") + company
    return f"{CANONICAL_STEM}/{_AIS[scheme]}/{digits}%"


def _key(scheme: str, pieces: tuple[str | None, ...]) -> str:
    company, second = pieces[0], pieces[1]
    if scheme in ("giai", "ginc", "cpi"):
        return (company or "") + _text(second)
    company = company or _DIGITS
    if scheme in ("sgtin", "upui", "lgtin", "itip", "sscc"):
        # the first digit of the reference stands before the company prefix
        digits = f"[0-9]{company}{_DIGITS}" if second is None else f"{second[:1]}{company}{second[1:]}[0-9]"
        more = "".join(piece or "[0-9]{2}" for piece in pieces[2:4]) if scheme == "itip" else ""
        return f"(?=[0-9]{{{18 if scheme in ('sscc', 'itip') else 14}}}(?:/|$)){digits}{more}"
    total = {"grai": 14, "gsrn": 18, "gsrnp": 18, "gsin": 17}.get(scheme, 13)
    digits = ("0" if scheme == "grai" else "") + company
    if second is not None:
        return f"{digits}{second}[0-9]"
    # with nothing but the company prefix told, as many digits as the key has
    return f"(?={digits})[0-9]{{{total}}}"


def _text(piece: str | None) -> str:
    """A piece as a link writes it."""
    return _ANY if piece is None else re.escape(canonical_path([("0", unescaped(piece))]).rpartition("/")[2])

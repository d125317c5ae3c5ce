"""GS1 Digital Link: a GS1 key as a web address, of whatever domain.

    https://example.com/some/shop / 01 / 09520123456788 / 21 / ABC-1 ? 17 = 261231
    stem                           primary key            qualifier    attribute

Source: GS1 Digital Link Standard: URI syntax, 1.4; CBV 2.0 section 8.9 (canonical form for the event hash).

>>> parse("https://example.com/01/09520123456788/21/ABC?17=261231").data
'^010952012345678821ABC^17261231'
>>> build("(01)09520123456788(21)A/B", "https://example.com")
'https://example.com/01/09520123456788/21/A%2FB'
>>> canonical("https://example.com/gtin/9520123456788/lot/L1/ser/S1?17=261231")
'https://id.gs1.org/01/09520123456788/21/S1'
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import NoReturn

from suyuan.identifiers import element_string
from suyuan.identifiers.application_identifiers import key_paths, lookup
from suyuan.identifiers.canonical_link import CANONICAL_STEM, SPLIT_LINK, WORDS, canonical, escaped, unescaped
from suyuan.identifiers.diagnosis import NotAnIdentifier, diagnosis
from suyuan.identifiers.element_string import MOST_ELEMENTS, Element, ElementString, NotAnElementString

__all__ = [
    "CANONICAL_STEM",
    "DigitalLink",
    "NotADigitalLink",
    "build",
    "canonical",
    "is_valid",
    "parse",
    "show",
]

_URI = re.compile(r"[A-Za-z0-9\-._~:/?#\[\]@!$&'()*+,;=%]*")
_DOMAIN = re.compile(r"[^_~?#@!$&'()*+,;=%]+")


class NotADigitalLink(NotAnIdentifier):
    """A text that is no GS1 Digital Link."""


@dataclass(frozen=True, slots=True)
class DigitalLink:
    """A Digital Link taken apart: `path` holds primary key and qualifiers, `attributes` the GS1 part of the query."""

    stem: str
    path: tuple[Element, ...]
    attributes: tuple[Element, ...] = ()

    @property
    def elements(self) -> ElementString:
        """All elements, path before query."""
        return ElementString((*self.path, *self.attributes))

    @property
    def data(self) -> str:
        """The element string in unbracketed form, `^` for FNC1."""
        return self.elements.data


def parse(
    uri: str,
    *,
    permit_zero_suppressed: bool = False,
    permit_unknown: bool = False,
    unknown_attributes: bool = False,
) -> DigitalLink:
    """The Digital Link in `uri`. Raises NotADigitalLink with the diagnosis.

    `permit_zero_suppressed`: a GTIN of 8, 12 or 13 digits is filled up to 14. `permit_unknown`: AIs that GS1 has not given out;
    `unknown_attributes`: those may stand in the query.
    """
    split = _split(uri)
    steps = split["path"].split("/")[1:]
    start = _key_at(steps, permit_unknown)
    if start is None:
        _refuse("dl-no-key", f"no GS1 key in the path of {uri!r}", f"{uri!r} 的路径中没有 GS1 标识代码")
    ais = [WORDS.get(ai, ai) for ai in steps[start::2]]
    values = [unescaped(value) for value in steps[start + 1 :: 2]]
    given = len(ais) + sum(map(bool, (split["query"] or "").split("&")))
    if given > MOST_ELEMENTS:
        _refuse(
            "dl-too-many",
            f"{given} elements; at most {MOST_ELEMENTS}",
            f"共 {given} 个元素，最多 {MOST_ELEMENTS} 个",
        )
    path = _elements(zip(ais, values, strict=True), permit_zero_suppressed, permit_unknown)
    if tuple(ais) not in key_paths():
        sequence = "/".join(ais)
        _refuse(
            "dl-sequence",
            f"the path may not hold the AIs {sequence} in this order",
            f"路径中不能按此顺序出现 {sequence}",
        )
    attributes = _elements(
        _query(split["query"] or "", permit_unknown), permit_zero_suppressed, permit_unknown
    )
    _check_attributes(ais, attributes, unknown_attributes)
    stem = uri[: split.start("path")] + "".join("/" + step for step in steps[:start])
    return DigitalLink(stem, path, attributes)


def is_valid(
    uri: str,
    *,
    permit_zero_suppressed: bool = False,
    permit_unknown: bool = False,
    unknown_attributes: bool = False,
) -> bool:
    """Whether `uri` is a Digital Link; options as for `parse`."""
    try:
        parse(
            uri,
            permit_zero_suppressed=permit_zero_suppressed,
            permit_unknown=permit_unknown,
            unknown_attributes=unknown_attributes,
        )
    except NotADigitalLink:
        return False
    return True


def show(value: DigitalLink) -> str:
    """The elements in brackets, for people."""
    return element_string.show(value.elements)


def build(
    elements: str | Iterable[tuple[str, str]],
    stem: str | None = None,
    *,
    permit_unknown: bool = False,
    unknown_attributes: bool = False,
) -> str:
    """The Digital Link of a bracketed string or of (AI, value) pairs, under `stem` or the canonical one.

    The first AI that can be a primary key is it; of the sequences of qualifiers the longest that is there is taken. Raises
    NotADigitalLink where there is no key or an element may not stand in the query, NotAnElementString where one is wrong.

    >>> build([("21", "XYZ"), ("01", "12312312312333"), ("99", "A+B")])
    'https://id.gs1.org/01/12312312312333/21/XYZ?99=A%2BB'
    """
    if isinstance(elements, str):
        given = element_string.parse(elements, permit_unknown=permit_unknown).elements
    else:
        given = tuple(element_string.element(ai, value, permit_unknown) for ai, value in elements)
    first = {one.ai.ai: one for one in reversed(given)}
    key = next((one.ai.ai for one in given if one.ai.paths is not None), None)
    if key is None:
        _refuse(
            "dl-no-key",
            "none of the elements can be the key of a Digital Link",
            "没有可作为 Digital Link 主键的元素",
        )
    sequences = sorted(path for path in key_paths() if path[0] == key and set(path) <= first.keys())
    path = max(sequences, key=len)  # the first of the longest
    attributes = [first[ai] for ai in dict.fromkeys(one.ai.ai for one in given) if ai not in path]
    for one in attributes:
        if not (one.ai.attribute or (unknown_attributes and not one.ai.known)):
            _refuse_attribute(one.ai.ai)
    # values of fixed length first, as in element strings, where they spare a separator
    attributes.sort(key=lambda one: not one.ai.fixed)
    query = "&".join(f"{one.ai.ai}={escaped(one.value)}" for one in attributes)
    steps = "".join(f"/{ai}/{escaped(first[ai].value)}" for ai in path)
    return (stem or CANONICAL_STEM).removesuffix("/") + steps + (f"?{query}" if query else "")


def _split(uri: str) -> re.Match[str]:
    if not _URI.fullmatch(uri):
        _refuse(
            "dl-characters",
            f"{uri!r} holds characters that no URI may hold",
            f"{uri!r} 含有 URI 不允许的字符",
        )
    split = SPLIT_LINK.fullmatch(uri)
    if split is None:
        _refuse(
            "dl-not-a-link",
            f"{uri!r} is no link: http:// or https://, a domain and a path are needed",
            f"{uri!r} 不是链接：应有 http:// 或 https://、域名和路径",
        )
    if not _DOMAIN.fullmatch(split["domain"]):
        _refuse("dl-domain", f"{split['domain']!r} is no domain name", f"{split['domain']!r} 不是域名")
    return split


def _key_at(steps: Sequence[str], permit_unknown: bool) -> int | None:
    """Where the primary key stands: the rightmost one from which AI and value follow each other to the end."""
    for start in range(len(steps) - 2, -1, -2):
        entry = lookup(WORDS.get(steps[start], steps[start]), permit_unknown)
        if entry is None:
            return None
        if entry.paths is not None:
            return start if _may_be_written(steps[start::2]) else None
    return None


def _may_be_written(ais: Sequence[str]) -> bool:
    """Words instead of AIs name single things (gtin with ser, sscc) at least; `/gtin/…` alone is how shops write their pages."""
    return ais[0] not in ("gtin", "itip") or any(ai in ("ser", "21", "lot", "10", "235") for ai in ais[1:])


def _elements(
    pairs: Iterable[tuple[str, str]], permit_zero_suppressed: bool, permit_unknown: bool
) -> tuple[Element, ...]:
    found = []
    for ai, value in pairs:
        if permit_zero_suppressed and ai == "01" and len(value) in (8, 12, 13):
            value = value.zfill(14)
        try:
            found.append(element_string.element(ai, value, permit_unknown))
        except NotAnElementString as wrong:
            raise NotADigitalLink(wrong.diagnosis) from wrong
    return tuple(found)


def _query(query: str, permit_unknown: bool) -> Iterable[tuple[str, str]]:
    """The parameters whose name is all digits: others are not GS1's affair."""
    for parameter in query.split("&"):
        ai, given, value = parameter.partition("=")
        if given and ai.isdigit():
            if lookup(ai, permit_unknown) is None:
                _refuse(
                    "dl-unknown-ai",
                    f"there is no GS1 Application Identifier ({ai})",
                    f"没有 GS1 应用标识符 ({ai})",
                )
            yield ai, unescaped(value, plus=True)


def _check_attributes(ais: Sequence[str], attributes: Sequence[Element], unknown_attributes: bool) -> None:
    seen = set(ais)
    for one in attributes:
        ai = one.ai.ai
        if ai in seen:
            _refuse("dl-twice", f"({ai}) stands twice", f"({ai}) 出现两次")
        seen.add(ai)
        if not (one.ai.attribute or (unknown_attributes and not one.ai.known)):
            _refuse_attribute(ai)
        if any((*ais[:place], ai, *ais[place:]) in key_paths() for place in range(1, len(ais) + 1)):
            _refuse(
                "dl-belongs-in-path",
                f"({ai}) belongs in the path, not in the query",
                f"({ai}) 应写在路径中而不是查询串中",
            )


def _refuse(rule: str, en: str, zh: str) -> NoReturn:
    raise NotADigitalLink(diagnosis(rule, en, zh))


def _refuse_attribute(ai: str) -> NoReturn:
    _refuse(
        "dl-no-attribute",
        f"({ai}) may not stand in the query of a Digital Link",
        f"({ai}) 不能作为 Digital Link 的查询参数",
    )

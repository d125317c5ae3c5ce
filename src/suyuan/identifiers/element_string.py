"""GS1 element strings: Application Identifiers with their values, as they stand on a label or come from a scanner.

    (01)09520123456788(10)ABC-1(17)261231     bracketed, for people; a bracket within a value is written \\(
    ^010952012345678810ABC-1^17261231         unbracketed; ^ (from scanners: ASCII 29) ends a value of open length

Source: GS1 General Specifications, section 7.8; GS1 Digital Link URI syntax, section 4.

>>> parse("(10)ABC-1(01)09520123456788").data
'^10ABC-1^0109520123456788'
>>> show(parse("^010952012345678810A(1"))
'(01)09520123456788(10)A\\\\(1'
>>> is_valid("(01)09520123456789")
False
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from suyuan.identifiers.application_identifiers import Ai, lookup, lookup_prefix
from suyuan.identifiers.diagnosis import Diagnosis, NotAnIdentifier, diagnosis

FNC1 = "^"
_GROUP_SEPARATOR = "\x1d"
_SYMBOLOGIES = ("]C1", "]e0", "]d2", "]Q3", "]J1")
MOST_ELEMENTS = 64
"""So many elements one string or link may have."""


class NotAnElementString(NotAnIdentifier):
    """A text that is no GS1 element string."""


@dataclass(frozen=True, slots=True)
class Element:
    """One Application Identifier and its value."""

    ai: Ai
    value: str


@dataclass(frozen=True, slots=True)
class ElementString:
    """Elements in the order in which they were given."""

    elements: tuple[Element, ...]

    @property
    def data(self) -> str:
        """The unbracketed form, `^` for FNC1: at the start and after each value of open length but the last."""
        return "".join(_joined(self.elements))

    def value(self, ai: str) -> str | None:
        """The value of the first element with this AI."""
        return next((element.value for element in self.elements if element.ai.ai == ai), None)


def _joined(elements: Iterable[Element]) -> Iterator[str]:
    ended = False
    for element in elements:
        yield ("" if ended else FNC1) + element.ai.ai + element.value
        ended = element.ai.fixed


def element(ai: str, value: str, permit_unknown: bool = False) -> Element:
    """The element of this AI with this value. Raises NotAnElementString with what is wrong."""
    entry = lookup(ai, permit_unknown)
    if entry is None:
        raise NotAnElementString(
            diagnosis(
                "gs1-unknown-ai",
                f"there is no GS1 Application Identifier ({ai})",
                f"没有 GS1 应用标识符 ({ai})",
            )
        )
    problem = "characters-X" if FNC1 in value else entry.problem(value)
    if problem is not None:
        raise NotAnElementString(wrong_value(entry, value, problem))
    return Element(entry, value)


def parse(text: str, *, permit_unknown: bool = False) -> ElementString:
    """The elements of a bracketed or unbracketed string. Raises NotAnElementString with the diagnosis."""
    if text.startswith("("):
        pairs: Iterable[tuple[str, str]] = _bracketed(text)
    else:
        pairs = _unbracketed(text, permit_unknown)
    elements = tuple(element(ai, value, permit_unknown) for ai, value in pairs)
    if len(elements) > MOST_ELEMENTS:
        raise NotAnElementString(
            diagnosis(
                "gs1-too-many",
                f"{len(elements)} elements; at most {MOST_ELEMENTS}",
                f"共 {len(elements)} 个元素，最多 {MOST_ELEMENTS} 个",
            )
        )
    return ElementString(elements)


def is_valid(text: str, *, permit_unknown: bool = False) -> bool:
    """Whether every element of `text` is known and valid; that all necessary ones are there, `associations` tells."""
    try:
        parse(text, permit_unknown=permit_unknown)
    except NotAnElementString:
        return False
    return True


def show(value: ElementString) -> str:
    """The bracketed form."""
    return "".join(f"({one.ai.ai}){one.value.replace('(', chr(92) + '(')}" for one in value.elements)


def _bracketed(text: str) -> Iterator[tuple[str, str]]:
    start = 0
    while start < len(text):
        end = text.find(")", start)
        if text[start] != "(" or end < 0:
            raise NotAnElementString(
                diagnosis(
                    "gs1-brackets",
                    f"{text[start:]!r} does not begin with an AI in brackets such as (01)",
                    f"{text[start:]!r} 不是以 (01) 这样带括号的应用标识符开头",
                )
            )
        value, following = _value_from(text, end + 1)
        yield text[start + 1 : end], value
        start = following


def _value_from(text: str, start: int) -> tuple[str, int]:
    """The value at `start`, up to the next bracket that is not escaped, and where that stands."""
    pieces: list[str] = []
    while True:
        end = text.find("(", start)
        if end < 0:
            return "".join((*pieces, text[start:])), len(text)
        if text[end - 1] != "\\":
            return "".join((*pieces, text[start:end])), end
        pieces.append(text[start : end - 1] + "(")
        start = end + 1


def _unbracketed(text: str, permit_unknown: bool) -> Iterator[tuple[str, str]]:
    if text.startswith(_SYMBOLOGIES):
        text = FNC1 + text[3:]
    text = text.replace(_GROUP_SEPARATOR, FNC1)
    if not text.startswith(FNC1) or len(text) == 1:
        raise NotAnElementString(
            diagnosis(
                "gs1-no-fnc1",
                f"{text!r} is no element string: write (01)… or ^01…",
                f"{text!r} 不是元素字符串：应写作 (01)… 或 ^01…",
            )
        )
    start = 1
    while start < len(text):
        entry = lookup_prefix(text[start:], permit_unknown)
        if entry is None:
            found = text[start : start + 4]
            raise NotAnElementString(
                diagnosis(
                    "gs1-unknown-ai",
                    f"no GS1 Application Identifier begins {found!r}",
                    f"没有以 {found!r} 开头的应用标识符",
                )
            )
        start += len(entry.ai)
        end = text.find(FNC1, start)
        value = text[start : end if end >= 0 else len(text)]
        if entry.fixed:
            taken, problem = entry.take(value)
            if problem:
                raise NotAnElementString(wrong_value(entry, value, problem))
            value = value[:taken]
        yield entry.ai, value
        start += len(value)
        if text[start : start + 1] == FNC1:  # also after a fixed length, where it is superfluous but harmless
            start += 1


_SAID = {
    "length": ("has the wrong length", "长度不对"),
    "empty": ("is empty", "为空"),
    "check-digit": ("has a wrong check digit", "校验位不对"),
    "check-pair": ("has wrong check characters", "校验字符不对"),
    "prefix-1": (
        "does not begin with a company prefix (at least four digits)",
        "不以厂商识别代码（至少四位数字）开头",
    ),
    "prefix-2": (
        "has no company prefix (at least four digits) after its first digit",
        "首位之后不是厂商识别代码",
    ),
    "date": ("is not a day of the calendar (YYMMDD)", "不是有效日期（YYMMDD）"),
    "date-day0": ("is not a day of the calendar (YYMMDD, DD may be 00)", "不是有效日期（YYMMDD，日可为 00）"),
    "characters-N": ("must be digits", "只能是数字"),
    "characters-X": ("holds a character outside GS1 set 82", "含有 GS1 字符集 82 以外的字符"),
    "characters-Y": ("holds a character outside GS1 set 39", "含有 GS1 字符集 39 以外的字符"),
    "characters-Z": ("holds a character outside base64url", "含有 base64url 以外的字符"),
}


def wrong_value(ai: Ai, value: str, problem: str) -> Diagnosis:
    """The diagnosis of a value that breaks the rule named `problem`."""
    en, zh = _SAID.get(problem, (f"breaks the rule {problem}", f"不符合规则 {problem}"))
    return diagnosis(
        f"gs1-{problem}", f"({ai.ai}) {ai.title} {value!r} {en}", f"({ai.ai}) {ai.zh} {value!r} {zh}"
    )

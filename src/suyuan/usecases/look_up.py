"""Say what codes are. No workspace is needed.

>>> [answer.recognised.kind for answer in identify(["04QCB76836300JBC40000903", "610500"])]
['battery-code', 'area-code']
"""

import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from suyuan.identifiers.recognise import Recognised, recognise
from suyuan.identifiers.recognised import Field
from suyuan.terms.sentence import Lang, Sentence

STANDARD_INPUT = "/dev/stdin"

_CODE, _FIELD, _VALUE, _MEANING = (
    Sentence(zh="代码", en="code"),
    Sentence(zh="字段", en="field"),
    Sentence(zh="内容", en="value"),
    Sentence(zh="含义", en="meaning"),
)
_IS = Sentence(zh="是", en="is")
_WRONG = Sentence(zh="问题", en="wrong")
_MEANT = Sentence(zh="建议", en="suggestion")
_REMARK = Sentence(zh="提示", en="remark")


@dataclass(frozen=True, slots=True)
class Answer:
    """What one text is."""

    recognised: Recognised

    @property
    def valid(self) -> bool:
        """Whether it is a valid code of some kind."""
        return self.recognised.valid

    def json(self) -> dict[str, Any]:
        """The answer for programs."""
        return self.recognised.json()

    def table(self, lang: Lang) -> list[dict[str, str]]:
        """The answer for people: a row for what it is, one a field, one for each thing wrong."""
        return [
            {
                _CODE.show(lang): "" if n else self.recognised.text,
                _FIELD.show(lang): one.label.show(lang),
                _VALUE.show(lang): one.value,
                _MEANING.show(lang): one.meaning.show(lang) if one.meaning else "",
            }
            for n, one in enumerate(self._rows())
        ]

    def _rows(self) -> Iterator[Field]:
        found = self.recognised
        yield Field(_IS, found.normalised, found.name)
        yield from found.fields.values()
        if found.diagnosis:
            yield Field(_WRONG, found.diagnosis.id, found.diagnosis.reason)
            for candidate in found.diagnosis.candidates:
                yield Field(_MEANT, candidate)
        for one in found.remarks:
            yield Field(_REMARK, one.id, one.reason)


def identify(codes: Iterable[str], today: date | None = None) -> list[Answer]:
    """What each of `codes` is, in their order; `-` or /dev/stdin reads codes from standard input, one a line.

    With `today`, battery codes of days that lie ahead are remarked upon.
    """
    return [Answer(recognise(code, today)) for code in _spread(codes)]


def _spread(codes: Iterable[str]) -> Iterator[str]:
    for code in codes:
        if code in (STANDARD_INPUT, "-"):
            yield from (line.strip() for line in sys.stdin if line.strip())
        else:
            yield code

"""A finding in words: its sentence with the facts put in, the clause beside it, and a remark where nobody has read that clause.

>>> fill("{held_by} held it for {days} days", {"held_by": "91610100TEB000010E", "days": 3.0}, {"91610100TEB000010E": "Example"}, "en")
'Example (91610100TEB000010E) held it for 3 days'
>>> fill("{kg} kg came out of {what}", {"kg": 12.3456789}, {}, "en")
'12.35 kg came out of (not on record)'
"""

import json
from collections.abc import Iterable, Iterator, Mapping
from datetime import date, datetime
from string import Formatter
from typing import Any

from suyuan.rules.catalogue import RULES
from suyuan.rules.rule import Severity
from suyuan.standards.documents import register
from suyuan.terms.citation import NOT_VERIFIED
from suyuan.terms.sentence import Lang

Row = Mapping[str, Any]
NOT_ON_RECORD = {"zh": "（无记录）", "en": "(not on record)"}


class _Filler(Formatter):
    """Puts facts into a template; what is missing is said to be so."""

    def __init__(self, names: Mapping[str, str], lang: Lang) -> None:
        self._names, self._lang = names, lang

    def get_value(self, key: int | str, args: Any, kwargs: Any) -> Any:
        return kwargs.get(key)

    def format_field(self, value: Any, format_spec: str) -> str:
        if value is None:
            return NOT_ON_RECORD[self._lang]
        if format_spec:
            return format(value, format_spec)
        return shown(value, self._names, self._lang)


def fill(template: str, facts: Mapping[str, Any], names: Mapping[str, str], lang: Lang) -> str:
    """A sentence with its facts: numbers short, parties by name and credit code."""
    return _Filler(names, lang).vformat(template, (), facts)


def shown(value: Any, names: Mapping[str, str], lang: Lang) -> str:
    """One fact as people read it."""
    if isinstance(value, bool):
        return {"zh": "是" if value else "否", "en": "yes" if value else "no"}[lang]
    if isinstance(value, float):
        return f"{round(value):,}" if value == round(value) else f"{value:.4g}"
    if isinstance(value, list):
        return ("、" if lang == "zh" else ", ").join(shown(each, names, lang) for each in value)
    if isinstance(value, str) and value in names:
        return f"{names[value]}（{value}）" if lang == "zh" else f"{names[value]} ({value})"
    return str(value)


def clause(cites: str, lang: Lang) -> str:
    """A clause as people cite it: the document's title and number, the clause; marked where nobody has read it."""
    document, _, place = cites.partition("#")
    found = register()[document]
    number = f" {found.number}" if found.number != "-" else ""
    said = f"{found.name.show(lang)}{number} {place}".strip()
    if found.mark.verified:
        return said
    return f"{said}（{NOT_VERIFIED.zh}）" if lang == "zh" else f"{said} ({NOT_VERIFIED.en})"


def in_words(rows: Iterable[Row], names: Mapping[str, str], lang: Lang) -> Iterator[dict[str, Any]]:
    """Findings (rows of `cases.TOLD`) for people and programs: the columns on record, and words beside them."""
    for row in rows:
        rule = RULES[row["rule"]]
        facts = {
            **json.loads(row["facts"]),
            **{key: row[key] for key in ("subject", "party", "day", "entries", "root")},
        }
        yield {
            "id": row["id"], "case": row["case_id"], "rule": row["rule"], "severity": row["severity"], "family": row["family"],
            "owner": row["owner"], "subject": row["subject"], "party": row["party"],
            "party_name": names.get(row["party"] or "", ""), "day": _text(row["day"]), "first_seen": _text(row["first_seen"]),
            "title": rule.title.show(lang), "sentence": fill(rule.sentence.show(lang), facts, names, lang),
            "remedy": fill(rule.remedy.show(lang), facts, names, lang),
            "clauses": [clause(cited, lang) for cited in rule.cites], "row": row["row"], "row_cites": row["row_cites"],
            "verified": row["verified"], "entries": row["entries"], "facts": json.loads(row["facts"]),
        }  # fmt: skip


def _text(moment: date | datetime | None) -> str | None:
    return None if moment is None else moment.isoformat()


def at_least(severity: str) -> list[str]:
    """The words of this severity and of those above it.

    >>> at_least("warning")
    ['warning', 'serious']
    """
    return [each.value for each in Severity if each >= Severity(severity)]

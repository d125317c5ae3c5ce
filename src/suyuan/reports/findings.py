"""A finding in words: its sentence with the facts put in, the clause beside it, and a remark where nobody has read that clause.

>>> fill("{held_by} held it for {days} days", {"held_by": "91610100TEB000010E", "days": 3.0}, {"91610100TEB000010E": "Example"}, "en")
'Example (91610100TEB000010E) held it for 3 days'
>>> fill("{kg} kg came out of {what}", {"kg": 12.3456789}, {}, "en")
'12.35 kg came out of (not on record)'
>>> fill("{packs} packs in {days} days", {"packs": 1, "days": 21}, {}, "en"), fill("产出 {metal} {kg} kg", {"metal": "Li", "kg": 1.5}, {}, "zh")
('1 pack in 21 days', '产出锂 1.5 kg')
"""

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from datetime import date, datetime
from typing import Any

from suyuan.reports.shown import shown
from suyuan.rules.catalogue import RULES
from suyuan.rules.rule import Severity
from suyuan.standards.clauses import cited
from suyuan.standards.documents import document
from suyuan.terms.citation import marked
from suyuan.terms.sentence import Lang

Row = Mapping[str, Any]
FACT = re.compile(r"\{(\w+)\}")
BETWEEN_CHARACTERS = re.compile(r"(?<=[\u3000-\u9fff\uff00-\uffef]) (?=[\u3000-\u9fff\uff00-\uffef])")
"""Blanks set Latin letters and figures apart; where a fact turns out to be Chinese none is wanted."""
SEVERAL = re.compile(
    r"(?<![\w.,/-])1 (batteries|days|events|firms|hand-overs|hours|inputs|months|packs|parts|places|prefectures|provinces|readings|"
    r"times|vehicles|NEVs)\b"
)
NOT_ON_RECORD = {"zh": "（无记录）", "en": "(not on record)"}


def fill(template: str, facts: Mapping[str, Any], names: Mapping[str, str], lang: Lang) -> str:
    """A sentence with its facts (see `shown`); what is missing is said to be so."""

    def told(fact: re.Match[str]) -> str:
        value = facts.get(fact[1])
        return NOT_ON_RECORD[lang] if value is None else shown(value, fact[1], names, lang)

    filled = FACT.sub(told, template)
    return BETWEEN_CHARACTERS.sub("", filled) if lang == "zh" else SEVERAL.sub(_singular, filled)


def _singular(several: re.Match[str]) -> str:
    noun = several[1]
    return "1 " + (noun.removesuffix("ies") + "y" if noun.endswith("ies") else noun.removesuffix("s"))


def clause(cites: str, lang: Lang) -> str:
    """A clause as people cite it: the document's title and number, the clause; marked where nobody has read it."""
    verified = document(cites.partition("#")[0]).mark.verified
    return marked(cited(cites), verified).show(lang)


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
            "clauses": [clause(cites, lang) for cites in rule.cites], "row": row["row"], "row_cites": row["row_cites"],
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

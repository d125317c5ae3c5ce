"""How well the rules find what was planted: findings beside the truth of a made-up world, kind by kind.

    kind         planted  found  recall   findings  explained  precision
    custody-gap       20     20   1.000         24         24      1.000

A planted fault is found where one of its own rules names one of its subjects. A finding is explained where some planted fault
names its rule (as own or as consequence) and one of its subjects; that it answers to the same firm is not enough, unless the firm
itself is what was planted, or the finding is about the firm as a whole and the fault is named as the cause of that. Notes are no alarms and
do not count.
"""

import json
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

import pyarrow as pa

from suyuan.rules.catalogue import RULES
from suyuan.rules.rule import Severity
from suyuan.terms.errors import SuyuanError
from suyuan.usecases.judge import judged
from suyuan.usecases.workspace import Workspace

Row = Mapping[str, Any]


class NoTruth(SuyuanError):
    """A file that does not tell what was planted."""


@dataclass(frozen=True, slots=True)
class Truth:
    """What was planted, and the day to judge on."""

    day: date
    planted: Sequence[Row]

    @staticmethod
    def read(path: Path) -> "Truth":
        """A `truth.ndjson` as `suyuan simulate` writes it. Raises NoTruth."""
        try:
            first, *lines = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
            return Truth(date.fromisoformat(first["until"]), [line for line in lines if "family" in line])
        except (OSError, ValueError, KeyError, TypeError, AttributeError) as wrong:
            raise NoTruth(
                f"{path} is no truth.ndjson of suyuan simulate ({wrong})",
                f"{path} 不是 suyuan simulate 写出的 truth.ndjson（{wrong}）",
            ) from None


@dataclass(slots=True)
class Line:
    """One kind of fault, or all of them."""

    kind: str
    family: str = ""
    rules: tuple[str, ...] = ()
    planted: int = 0
    found: int = 0
    findings: int = 0
    explained: int = 0
    missed: list[str] = field(default_factory=list)

    @property
    def recall(self) -> float:
        """Share of what was planted that was found; 1 where nothing was planted."""
        return self.found / self.planted if self.planted else 1.0

    @property
    def precision(self) -> float:
        """Share of the findings that something planted explains; 1 where nothing was found."""
        return self.explained / self.findings if self.findings else 1.0


@dataclass(frozen=True, slots=True)
class Score:
    """Lines by kind, the total, and the findings that nothing planted explains."""

    lines: Sequence[Line]
    total: Line
    unexplained: Sequence[Row]


def score(findings: pa.Table, truth: Iterable[Row], *, notes: Collection[str] | None = None) -> Score:
    """Compare findings (columns of `judging.FOUND`) with planted faults; `notes`: rules whose findings are no alarms."""
    quiet = notes if notes is not None else {r.id for r in RULES.values() if r.severity is Severity.NOTE}
    planted, rows = list(truth), findings.to_pylist()
    names = [_names(row) for row in rows]
    by_subject = defaultdict[str, list[int]](list)
    for n, named in enumerate(names):
        for name in named:
            by_subject[name].append(n)
    by_party = defaultdict[str, list[int]](list)
    for n, row in enumerate(rows):
        by_party[row.get("party") or ""].append(n)
    lines, explained = dict[str, Line](), set[int]()
    for fault in planted:
        met = {n for subject in fault["subjects"] for n in by_subject.get(subject, ())}
        if fault["party"] in fault["subjects"]:  # the firm itself is what was planted
            met.update(by_party.get(fault["party"], ()))
        of_firm = {
            n
            for firm in fault.get("firms", ())
            for n in by_subject.get(firm, ())
            if rows[n]["subject"] == firm
        }
        line = lines.setdefault(fault["kind"], Line(fault["kind"], fault["family"], tuple(fault["rules"])))
        line.planted += 1
        if any(rows[n]["rule"] in fault["rules"] for n in met):
            line.found += 1
        else:
            line.missed.append(str(fault["subjects"][0]))
        of_it = {*fault["rules"], *fault["also"]}
        explained.update(n for n in met if rows[n]["rule"] in of_it)
        explained.update(n for n in of_firm if rows[n]["rule"] in fault["also"])
    alarms = [n for n, row in enumerate(rows) if row["rule"] not in quiet]
    for line in lines.values():
        own = [n for n in alarms if rows[n]["rule"] in line.rules]
        line.findings, line.explained = len(own), len(explained.intersection(own))
    told = sorted(lines.values(), key=lambda line: (line.family, line.kind))
    total = Line(
        "", planted=len(planted), found=sum(line.found for line in told), findings=len(alarms),
        explained=len(explained.intersection(alarms)),
    )  # fmt: skip
    return Score(told, total, [rows[n] for n in alarms if n not in explained])


def _names(row: Row) -> set[str]:
    """What a finding is about: its subject and root, and what stands in its facts."""
    told = json.loads(row["facts"]) if row.get("facts") else {}
    named = {row["subject"], row.get("root"), *_texts(told)}
    return {name for name in named if name}


def _texts(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        yield from (text for each in value.values() for text in _texts(each))
    elif isinstance(value, list):
        yield from (text for each in value for text in _texts(each))


def of_workspace(workspace: Workspace, truth: Truth) -> Score:
    """The score of what is on record, judged on the world's last day."""
    with judged(workspace, day=truth.day) as found:
        return score(found.table("told"), truth.planted)

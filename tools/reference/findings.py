"""The page of findings, read from the code: wherever a rule's id stands beside its sentence in both languages.

    warn("mass-implausible", f"{mass} kg for {energy} kWh is …", f"…")   →   mass-implausible, warn, both sentences

No registry has to be kept: a new rule appears here because it is written.
"""

import ast
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from tools.reference.markdown import page, table

import suyuan

ROOMS = (
    ("Cells and rows of a form", "capture/workbook"),
    ("Tables of parties, sites and models", "capture/party*.py"),
    ("Catena-X files", "capture/catena*.py"),
    ("JSON documents and lines", "capture/[!cp]*.py"),
    ("Codes: what a wrong one was meant to be", "identifiers"),
    ("Events", "events"),
)
INTRO = """\
A *finding* is something wrong with what was submitted, at a place: a cell, a line, a JSON pointer. Its rule id is stable; programs may go by it.
`…` stands for what was found.

| | | |
|---|---|---|
| **block** | 阻断 | the row, line or event is not recorded |
| **warn** | 警告 | recorded; probably wrong |
| **hint** | 提示 | recorded; says how something was understood |

Where a rule about codes speaks of a cell it may be a warning: what the standard allows but hardly ever means. Events: the verdict is that of GS1's official
JSON schema with format checking; a rule that other capture interfaces are known not to apply says so with a warning in `suyuan event check`.
"""

ID = re.compile(r"[a-z]+(?:-[a-z0-9]+)+")
CJK = re.compile(r"[\u4e00-\u9fff]")
SEVERITIES = {"warn": "warn", "hint": "hint", "_remark": "hint", "remark": "warn", "diagnosis": ""}
"""What the name of the function says that tells a rule; a diagnosis is as grave as the cell it stands in."""


@dataclass(frozen=True, order=True)
class Rule:
    """A rule's id, how far it reaches, and its sentences."""

    id: str
    severity: str
    en: str
    zh: str


def text() -> str:
    """The whole page."""
    parts = [INTRO]
    for title, where in ROOMS:
        found = sorted({rule for file in _files(where) for rule in rules(file.read_text("utf-8"))})
        if found:
            rows = [(f"`{rule.id}`", rule.severity, rule.zh, rule.en) for rule in found]
            parts.append(f"## {title}\n\n" + table(("rule", "", "中文", "English"), rows))
    return page("Findings", *parts)


def _files(where: str) -> list[Path]:
    source = Path(suyuan.__file__).parent
    return sorted((source / where).rglob("*.py") if (source / where).is_dir() else source.glob(where))


def rules(source: str) -> Iterator[Rule]:
    """Every rule that a module tells.

    >>> list(rules('x = warn("too-heavy", f"{kg} kg is too heavy", f"{kg} kg 太重")'))
    [Rule(id='too-heavy', severity='warn', en='… kg is too heavy', zh='… kg 太重')]
    """
    tree = ast.parse(source)
    names = _texts(tree)
    for call in (node for node in ast.walk(tree) if isinstance(node, ast.Call)):
        given = [*call.args, *(keyword.value for keyword in call.keywords)]
        if not given:
            continue
        ids = next((found for one in given if (found := _ids(one, names))), [])
        told = [text for one in given for text in _sentences(one, names)]
        zh = next((text for text in told if CJK.search(text)), None)
        en = next((text for text in told if not CJK.search(text) and " " in text), None)
        if zh and en:
            yield from (Rule(each, _severity(call), en, zh) for each in ids)


def _texts(tree: ast.AST) -> dict[str, ast.expr]:
    """What names were given to: for sentences and tables of ids that stand before they are told."""
    found: dict[str, ast.expr] = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
            found[node.targets[0].id] = node.value
        elif isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name) and node.value:
            found[node.target.id] = node.value
    return found


def _ids(node: ast.expr, names: Mapping[str, ast.expr]) -> list[str]:
    if isinstance(node, ast.Constant):
        return [node.value] if isinstance(node.value, str) and ID.fullmatch(node.value) else []
    if isinstance(node, ast.IfExp):
        return [*_ids(node.body, names), *_ids(node.orelse, names)]
    if isinstance(node, ast.Subscript) and isinstance(node.value, ast.Name):
        table_ = names.get(node.value.id)
        if isinstance(table_, ast.Dict):
            return [each for value in table_.values for each in _ids(value, names)]
    return []


def _sentences(node: ast.expr, names: Mapping[str, ast.expr]) -> list[str]:
    if isinstance(node, ast.Constant):
        return [node.value] if isinstance(node.value, str) and not ID.fullmatch(node.value) else []
    if isinstance(node, ast.JoinedStr):
        return ["".join(p.value if isinstance(p, ast.Constant) else "…" for p in node.values)]  # type: ignore[misc]  # of a constant part the value is text
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add):
        left, right = _sentences(node.left, names), _sentences(node.right, names)
        return [(left or ["…"])[0] + (right or ["…"])[0]] if left or right else []
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "Sentence":
        return [text for keyword in node.keywords for text in _sentences(keyword.value, names)]
    if isinstance(node, ast.Name) and node.id in names and not isinstance(names[node.id], ast.Name):
        named = names[node.id]
        return _sentences(named, {}) if isinstance(named, (ast.Constant, ast.JoinedStr, ast.Call)) else []
    return []


def _severity(call: ast.Call) -> str:
    for keyword in call.keywords:
        if keyword.arg == "severity" and isinstance(keyword.value, ast.Attribute):
            return keyword.value.attr.lower()
    called = call.func.id if isinstance(call.func, ast.Name) else getattr(call.func, "attr", "")
    return next((severity for word, severity in SEVERITIES.items() if word in called), "block")

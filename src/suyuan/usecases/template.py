"""Templates out, the same workbook back: what a filer holds in hands."""

from collections.abc import Sequence
from pathlib import Path

from suyuan.render import annotated
from suyuan.render import template as blank
from suyuan.standards.forms import form, forms
from suyuan.store.failures import told
from suyuan.terms.finding import Finding
from suyuan.terms.sentence import Lang


def roles(lang: Lang) -> list[dict[str, str]]:
    """The submissions that there is a form for."""
    zh = lang == "zh"
    return [
        {
            ("角色" if zh else "role"): each.role,
            ("表" if zh else "form"): each.name.show(lang),
            ("谁填" if zh else "who"): each.help.show(lang),
        }
        for each in forms()
    ]


def write(role: str, target: Path | None = None) -> Path:
    """Write the blank workbook of a role and return where. Raises UnknownForm, DiskFull, ReadOnly."""
    wanted = form(role)
    path = target or Path(f"{wanted.role}.xlsx")
    with told(str(path)):
        blank.write(wanted, path)
    return path


def give_back(source: Path, findings: Sequence[Finding], directory: Path, lang: Lang) -> Path | None:
    """Write the workbook `source` with its cells noted into `directory`; None where no finding is about a cell."""
    if not any(finding.place.sheet for finding in findings):
        return None
    target = directory / f"{source.stem}.checked.xlsx"
    with told(str(target)):
        directory.mkdir(parents=True, exist_ok=True)
        with source.open("rb") as stream:
            annotated.write(stream, source.name, findings, target, lang)
    return target

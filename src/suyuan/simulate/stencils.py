"""Lines of events by stencil, for the few kinds of steps that make up most of a world.

A stencil is what `as_events` writes for a step of marks instead of values; for a real step the marks are filled in. So nothing is
worded twice, and a line costs a tenth of what putting an event together costs.

    {"type":"ObjectEvent",…,"epcList":["https://w3id.org/suyuan/obj/ZZcodeZZ"],…}  ←  code = 9B1PB670000000DCR0000001
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

import msgspec

from suyuan.simulate.as_events import events
from suyuan.simulate.lives import Step
from suyuan.simulate.reporting import reported_at

_AT, _DELIVERED, _MASS = datetime(1995, 1, 1), datetime(1996, 1, 1), 777777.25
_MARK = re.compile("ZZ([a-z]+)ZZ|(1995-01-01T00:00:00)|(1996-01-01T00:00:00)|(777777.25)")
_MARKED = ("", "at", "delivered", "mass")
_lines = msgspec.json.Encoder().encode_lines

Facts = Mapping[str, Any]
Values = dict[str, str]


@dataclass(frozen=True, slots=True)
class _Kind:
    """A kind of step: how many facts it has, which of them make another text (None: too special), what is filled in, and the marks."""

    facts: int
    shape: Callable[[Facts], tuple[object, ...] | None]
    values: Callable[[Facts], Values]
    marks: Callable[[Facts], Facts]


def line(step: Step) -> str | None:
    """The events of the step, one a line, each line ended; None where there is no stencil for such a step."""
    kind = _KINDS.get(step.kind)
    if kind is None or len(step.facts) != kind.facts or (shape := kind.shape(step.facts)) is None:
        return None
    key = (step.kind, *shape)
    stencil = _known.get(key)
    if stencil is None:
        stencil = _known[key] = _stencil(step, kind)
    by, values = step.by, kind.values(step.facts)
    values["by"], values["site"], values["at"] = by.uscc, by.site, step.at.isoformat(timespec="seconds")
    values["reported"] = reported_at(step.at, by, step.kind).isoformat(timespec="seconds")
    if delivered := step.facts.get("delivered_at"):
        values["delivered"] = delivered.isoformat(timespec="seconds")
        values["reportedlate"] = reported_at(delivered, by, step.kind).isoformat(timespec="seconds")
    return stencil % values


def _stencil(step: Step, kind: _Kind) -> str:
    """What is written for a step of marks, as a text with named holes."""
    by = replace(step.by, uscc="ZZbyZZ", site="ZZsiteZZ")
    told = events(Step(step.kind, _AT, by, {**step.facts, **kind.marks(step.facts)}))
    for event in told:
        late = event["eventTime"].startswith(f"{_DELIVERED.year}")
        event["recordTime"] = f"ZZreported{'late' if late else ''}ZZ+08:00"
    text = _lines(told).decode().replace("%", "%%")
    return _MARK.sub(lambda met: f"%({met[1] or _MARKED[(met.lastindex or 1) - 1]})s", text)


def _made_marks(facts: Facts) -> Facts:
    return {
        "pack": "ZZpackZZ", "model": "ZZmodelZZ", "mass_kg": _MASS, "receiver": replace(facts["receiver"], uscc="ZZreceiverZZ"),
        "order": "ZZorderZZ", "delivered_at": facts["delivered_at"] and _DELIVERED,
    }  # fmt: skip


def _buyer(facts: Facts) -> tuple[object, ...]:
    kind, buyer = facts["buyer"]
    return kind, buyer is None


def _sale_marks(facts: Facts) -> Facts:
    kind, buyer = facts["buyer"]
    return {"vin": "ZZvinZZ", "area": "ZZareaZZ", "buyer": (kind, buyer and replace(buyer, uscc="ZZbuyerZZ"))}


_KINDS: Mapping[str, _Kind] = {
    "made": _Kind(
        9,
        lambda f: None if f["cells"] or f["modules"] else (f["archetype"], f["delivered_at"] is None),
        lambda f: {"pack": f["pack"], "model": f["model"], "mass": repr(f["mass_kg"]), "receiver": f["receiver"].uscc, "order": f["order"]},
        _made_marks,
    ),
    "pack-in": _Kind(
        3,
        lambda f: (),
        lambda f: {"code": f["code"], "giver": f["giver"].uscc, "document": f["document"]},
        lambda f: {"code": "ZZcodeZZ", "giver": replace(f["giver"], uscc="ZZgiverZZ"), "document": "ZZdocumentZZ"},
    ),
    "vehicle": _Kind(
        5,
        lambda f: (f["archetype"].key, f["swap"]) if len(f["packs"]) == 1 else None,
        lambda f: {"vin": f["vin"], "pack": f["packs"][0], "certificate": f["certificate"]},
        lambda f: {"vin": "ZZvinZZ", "packs": ["ZZpackZZ"], "certificate": "ZZcertificateZZ"},
    ),
    "sale": _Kind(
        3,
        _buyer,
        lambda f: {"vin": f["vin"], "area": f["area"], "buyer": f["buyer"][1].uscc if f["buyer"][1] else ""},
        _sale_marks,
    ),
}  # fmt: skip
_known: dict[tuple[object, ...], str] = {}

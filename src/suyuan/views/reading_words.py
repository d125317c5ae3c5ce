"""Words and values inside an event as partners write them, brought to one form.

A number may stand as a number, as text (`"0.0295"`) or as a JSON-LD value (`{"@value": "0.0295"}`); a word as
CBV bare word, as its CBV URI or URN, with any prefix bound to our namespace, or as a full URI.

>>> number({"@value": "0.0295"}), number("a few"), number(True)
(0.0295, None, None)
>>> bare("urn:epcglobal:cbv:bizstep:shipping"), bare("https://ref.gs1.org/cbv/Disp-in_transit"), bare("sy:lost")
('shipping', 'in_transit', 'sy:lost')
"""

import json
import math
from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import Any

OWN = "sy:"

_STANDARD = (
    "https://ref.gs1.org/cbv/",
    "http://ref.gs1.org/cbv/",
    "https://gs1.org/voc/",
    "http://gs1.org/voc/",
    "https://www.gs1.org/voc/",
    "urn:epcglobal:cbv:",
    "gs1:",
    "cbv:",
)
_KINDS = ("BizStep-", "Disp-", "BTT-", "SDT-", "ER-", "MT-")


@lru_cache(4_096)
def bare(word: str) -> str:
    """A standard word without the address of its vocabulary; any other word as it is."""
    for vocabulary in _STANDARD:
        if word.startswith(vocabulary):
            last = word.replace(":", "/").replace("#", "/").rpartition("/")[2]
            return next((last[len(kind) :] for kind in _KINDS if last.startswith(kind)), last)
    return word


def number(value: Any) -> float | None:
    """The finite number that `value` is or writes; None if it is none."""
    if isinstance(value, Mapping):
        return number(value.get("@value"))
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return None
    try:
        found = float(value)
    except (ValueError, OverflowError):
        return None
    return found if math.isfinite(found) else None


def text(value: Any) -> str | None:
    """The text of a plain value, as people would write it; JSON of a nested one; None of nothing."""
    if isinstance(value, Mapping):
        inner = value.get("@value", value.get("@id", value.get("id")))
        return text(inner) if inner is not None else as_json(value)
    if value is None or isinstance(value, str):
        return value
    return as_json(value)


def truth(value: Any) -> bool | None:
    """True or false, also where written as text or as a JSON-LD value."""
    if isinstance(value, bool):
        return value
    return {"true": True, "1": True, "false": False, "0": False}.get((text(value) or "").strip().lower())


def as_json(value: Any) -> str:
    """Compact JSON with the names in order."""
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def several(value: Any) -> list[Any]:
    """A value or a list of them, as a list: JSON-LD lets a list of one stand without its brackets."""
    if value is None:
        return []
    return list(value) if isinstance(value, list) else [value]


def last_segment(uri: str) -> str:
    """What stands behind the last `/`, `#` or `:`."""
    return uri.replace("#", "/").replace(":", "/").rstrip("/").rpartition("/")[2]


def pairs(value: Any) -> Iterator[tuple[str, Any]]:
    """Names and values of an object, without JSON-LD's own (`@type`); nothing of anything else."""
    if isinstance(value, Mapping):
        for name, inner in value.items():
            if not name.startswith("@"):
                yield name, inner

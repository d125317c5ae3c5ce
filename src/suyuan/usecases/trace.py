"""Trace: everything the ledger knows of one battery, vehicle or lot.

    code ──index──▶ item ──closure──▶ family ──views──▶ header, timeline, family both ways, what became of it

Answers are plain values: `state`, `holder`, `place`, `inside`, `timeline`, `custody`, `family`, `related`; `recovered`
(kilograms by metal), `became` (a row a metal and lot) and `materials` (a row a lot, residues too).

Now is answered from the served views; another moment (`recorded_up_to`, `as_of`) from the family's own entries by the
same expressions.
"""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import TYPE_CHECKING, Any

import numpy as np

from suyuan.identifiers import recognise
from suyuan.terms.errors import SuyuanError
from suyuan.usecases.became import materials, metals, sums
from suyuan.usecases.family import RELATED, Describe, grown
from suyuan.usecases.workspace import Workspace
from suyuan.views.moment import AsOf

if TYPE_CHECKING:
    from suyuan.rights.sight import Sight  # with Ibis, which a trace of served views does without

Answer = dict[str, Any]
Rows = Mapping[str, Sequence[Mapping[str, Any]]]

FAMILY_MAX = 20_000
"""Items of a family looked at one by one; where-used and accounts go further."""


THINGS = frozenset({"vehicle", "pack", "module", "reuse_pack", "reuse_module"})
"""What parts are replaced in."""


class NotOnRecord(SuyuanError):
    """A code of which the ledger knows nothing."""


class NoSuchMoment(SuyuanError):
    """A moment that never was."""


class Ambiguous(SuyuanError):
    """A short name under which several things are known."""


def trace(
    workspace: Workspace,
    code: str,
    *,
    recorded_up_to: int | None = None,
    as_of: date | None = None,
    fold: int = 50,
    sight: "Sight | None" = None,
) -> Answer:
    """The answer as plain values (see `docs/reference`). Raises NotOnRecord, Ambiguous, NoSuchMoment.

    With a sight it is made of what may be seen alone, numbers of entries count only that, and nothing tells whether there is more.
    """
    if sight is not None and not sight.everything:
        return _seen(workspace, code, as_of, fold, sight)
    if recorded_up_to is not None and recorded_up_to < 0:
        raise NoSuchMoment(
            f"{recorded_up_to} is no number of entries; give 0 or more, as a checkpoint says it",
            f"{recorded_up_to} 不是条数；请按检查点给出 0 或更大的数",
        )
    key, item = find(workspace, code)
    moment = AsOf(recorded_up_to, as_of)
    family = list(dict.fromkeys((item, *_family(workspace, item), *_beside(workspace, item))))
    keys = workspace.index.keys(family)
    rows, known = _rows(workspace, family, keys, moment)
    if not _on_record(key, rows):
        raise NotOnRecord(f"{key} was not on record at that moment", f"{key} 在该时点尚无记录")
    return _answer(workspace, key, rows, known, moment, fold)


def _seen(workspace: Workspace, code: str, as_of: date | None, fold: int, sight: "Sight") -> Answer:
    # by its whole name alone: what else a short one might mean is nobody's business
    wanted = code.strip()
    candidates = list(dict.fromkeys((recognise.item_key(wanted), _normalised(wanted), wanted)))
    known = zip(candidates, workspace.index.item_ids(candidates), strict=True)
    key, item = next(((name, int(number)) for name, number in known if number >= 0), (wanted, -1))
    if item < 0:
        raise unknown(wanted)
    moment = AsOf(None, as_of)
    family = list(dict.fromkeys((item, *_family(workspace, item), *_beside(workspace, item))))
    rows = workspace.derived.results_as_of(workspace.index.keys(family), moment, sight)
    if not _on_record(key, rows):
        raise unknown(wanted)
    answer = _answer(workspace, key, rows, 0, moment, fold)
    del answer["ledger"]
    answer["as_of"] = {"day": moment.day.isoformat() if moment.day else None}
    return answer


def find(workspace: Workspace, code: str) -> tuple[str, int]:
    """The item that `code` means: a code or VIN however written, a URI, or the last part of one."""
    wanted = code.strip()
    candidates = list(dict.fromkeys((recognise.item_key(wanted), _normalised(wanted), wanted)))
    for candidate, number in zip(candidates, workspace.index.item_ids(candidates), strict=True):
        if number >= 0:
            return candidate, int(number)
    ending = workspace.index.ids_ending(wanted)
    if len(ending) == 1:
        return workspace.index.keys(ending)[0], ending[0]
    if ending:
        keys = workspace.index.keys(ending)
        raise Ambiguous(
            f"{wanted} is known under several names; trace one of them: {', '.join(keys[:5])}",
            f"{wanted} 对应多个标识；请指定其一：{'、'.join(keys[:5])}",
        )
    raise unknown(wanted)


def _normalised(text: str) -> str:
    known = recognise.recognise(text)
    return known.item or known.normalised


def unknown(code: str) -> NotOnRecord:
    """Nothing is on record of it (or nothing that the asker may see: in the same words)."""
    diagnosis = recognise.recognise(code).diagnosis
    en, zh = f"{code} is not on this ledger", f"账本中没有 {code}"
    if diagnosis:
        en, zh = f"{en}; {diagnosis.reason.en}", f"{zh}；{diagnosis.reason.zh}"
    return NotOnRecord(en, zh)


def _family(workspace: Workspace, item: int) -> list[int]:
    found: list[int] = []
    for direction in ("up", "down"):
        for level in workspace.index.closure([item], direction, FAMILY_MAX):
            found += np.asarray(level).tolist()
    return list(dict.fromkeys(found))


def _beside(workspace: Workspace, item: int) -> list[int]:
    """What was ever in the same whole: among them what the item replaced, or what replaced it."""
    index = workspace.index
    wholes = [
        number for level in index.closure([item], "up", 1 << 10)[:1] for number in np.asarray(level).tolist()
    ]
    things = [
        n for n, key in zip(wholes, index.keys(wholes), strict=True) if recognise.item_kind(key) in THINGS
    ]
    return [
        number
        for level in index.closure(things, "down", FAMILY_MAX)[:1]
        for number in np.asarray(level).tolist()
    ]


def _rows(workspace: Workspace, family: list[int], keys: list[str], moment: AsOf) -> tuple[Rows, int]:
    """The rows of every view, and how many entries they know."""
    derived, size = workspace.derived, workspace.ledger.size
    if moment == AsOf():
        rows = derived.results(family)
        # while another process brings the results up they answer as far as they have come, and the answer says so
        if derived.position == size or _on_record(keys[0], rows):
            return rows, derived.position
    return derived.results_as_of(keys, moment), min(size, moment.recorded_up_to or size)


def _answer(workspace: Workspace, key: str, rows: Rows, known: int, moment: AsOf, fold: int) -> Answer:
    names = workspace.derived.names(_parties(rows))
    states = {str(row["item"]): row for row in rows["lifecycle"]}
    holders = {str(row["item"]): _holder(row, names) for row in rows["holder_now"]}

    def describe(code: str) -> dict[str, Any]:
        row = states.get(code, {})
        return {
            "code": code,
            "kind": row.get("kind") or ("run" if _is_run(code, rows) else "other"),
            "state": row.get("state"),
        }

    size = workspace.ledger.size
    inside = _inside(key, rows, describe)
    became = metals(key, rows)
    return {
        "code": key,
        "kind": describe(key)["kind"],
        "identity": _identity(key),
        "as_of": {
            "recorded_up_to": known,
            "day": moment.day.isoformat() if moment.day else None,
        },
        "ledger": {
            "origin": workspace.ledger.checkpoint().origin,
            "size": size,
            "root": workspace.ledger.checkpoint().root.hex(),
        },
        "state": _told(states.get(key), ("state", "own_state", "through", "since", "seq")),
        "holder": holders.get(key),
        "inside": inside,
        "timeline": [_moment(row, names) for row in _of(key, rows["timeline"], "n")],
        "custody": [_holder(row, names) for row in _of(key, rows["custody"], "nth")],
        "corrections": [
            {name: value for name, value in row.items() if name != "item"}
            for row in _about(key, rows["voided"])
        ],
        "related": [
            dict(row)
            for row in rows["lineage"]
            if row["kind"] in RELATED and key in (row["item"], row["other"])
        ],
        "family": {
            "made_of": grown(key, rows["lineage"], forward=False, describe=describe, fold=fold),
            "went_into": grown(key, rows["lineage"], forward=True, describe=describe, fold=fold),
        },
        "place": _place(key, rows, inside),
        "recovered": sums(became),
        "became": became,
        "materials": materials(key, rows),
    }


def _parties(rows: Rows) -> set[str]:
    """Everybody named in the rows."""
    columns = (
        ("holder_now", "holder"),
        ("holder_now", "to"),
        ("holder_now", "answerable"),
        ("custody", "holder"),
        ("custody", "to"),
        ("custody", "answerable"),
        ("timeline", "actor"),
        ("timeline", "giver"),
        ("timeline", "taker"),
    )
    return {str(row[column]) for view, column in columns for row in rows[view] if row[column]}


def _of(key: str, rows: Sequence[Mapping[str, Any]], order: str) -> list[Mapping[str, Any]]:
    return sorted(_about(key, rows), key=lambda row: int(row[order]))


def _on_record(key: str, rows: Rows) -> bool:
    """Does anything speak of it, be it wrong? A process run has no timeline, but things that went in or came out."""
    told = (*_about(key, rows["timeline"]), *_about(key, rows["voided"]))
    return bool(told) or any(key in (edge["item"], edge["other"]) for edge in rows["lineage"])


def _is_run(code: str, rows: Rows) -> bool:
    return any(code == edge["through"] for edge in rows["lineage"])


def _told(row: Mapping[str, Any] | None, keys: Sequence[str]) -> dict[str, Any] | None:
    return None if row is None or row["state"] is None else {key: row[key] for key in keys}


def _holder(row: Mapping[str, Any], names: Mapping[str, str]) -> dict[str, Any]:
    told = {key: value for key, value in row.items() if key not in ("item", "nth")}
    for key in ("holder", "to", "answerable"):
        told[f"{key}_name"] = names.get(str(row[key]))
    return told


def _inside(key: str, rows: Rows, describe: Describe) -> list[dict[str, Any]]:
    """What the item is in, nearest first."""
    stays = {(str(row["child"]), str(row["parent"])): row for row in rows["assembly"] if row["until"] is None}
    found: list[dict[str, Any]] = []
    below = key
    for row in sorted(_about(key, rows["inside"]), key=lambda row: int(row["depth"])):
        parent = str(row["ancestor"])
        stay = stays.get((below, parent), {})
        found.append(
            {
                **describe(parent),
                "since": row["since"],
                "position": stay.get("position"),
                "seq": stay.get("start"),
            }
        )
        below = parent
    return found


def _about(key: str, rows: Sequence[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    return [row for row in rows if row["item"] == key]


def _moment(row: Mapping[str, Any], names: Mapping[str, str]) -> dict[str, Any]:
    told = {key: value for key, value in row.items() if key not in ("item", "n")}
    others = [str(row[key]) for key in ("parent", "run") if row[key]]
    return {
        "seq": row["seq"],
        "day": str(row["local_day"]),
        **told,
        "with": ", ".join(others),
        **{f"{key}_name": names.get(str(row[key])) for key in ("actor", "giver", "taker")},
    }


def _place(key: str, rows: Rows, inside: Sequence[Mapping[str, Any]]) -> str | None:
    """Where it, or what it is in, was seen last."""
    about = {key, *(each["code"] for each in inside)}
    seen = [
        (str(row["occurred_at"]), row["seq"], row["where"])
        for row in rows["timeline"]
        if row["item"] in about and row["where"]
    ]
    return str(max(seen)[2]) if seen else None


def _identity(key: str) -> dict[str, dict[str, str | None]]:
    """What the code itself says, field by field: value, label and meaning in both languages."""
    known = recognise.recognise(key)
    return {
        name: {
            "value": one.value,
            "label_zh": one.label.zh,
            "label_en": one.label.en,
            "zh": one.meaning.zh if one.meaning else None,
            "en": one.meaning.en if one.meaning else None,
        }
        for name, one in (known.fields.items() if known.valid else ())
    }


def longest_life(workspace: Workspace) -> str | None:
    """The recycled pack with the most moments on record: the one with the most to show."""
    return workspace.derived.busiest("pack", "recycled")

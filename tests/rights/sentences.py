"""Roles and rights told a second time, role by role in sentences, from section 4.6 of the users' chapter: a slow, plain opinion.

What is asked about is a row as it stands in the columns; nothing here reads the table of rights or its code.
"""

from collections.abc import Mapping, Sequence
from typing import Any

ALL_VERBS = [
    "capture",
    "read-event",
    "query",
    "trace",
    "findings",
    "see-case",
    "explain-case",
    "decide-case",
    "duties",
    "accounts",
    "reports",
    "bundles",
    "proofs",
    "checkpoints",
    "see-standards",
    "replace-standards",
    "see-master",
    "write-master",
    "propose-correction",
    "approve-correction",
    "users",
    "keys",
    "subscribe",
    "reading-log",
]

ANYONE = "anyone fetches checkpoints, reads rows of law"
FIRM = [
    "reads single events, queries, gets receipts and subscribes: of what is its firm's or comes to its firm",
    "traces: its firm's, what comes to its firm, and of the rest public fields",
    "looks up master data: its firm's, and of the rest public fields",
    "sees findings, cases, duties, accounts, reports, bundles: of its firm",
]
AUTHORITY = [
    "reads single events, queries, gets receipts and subscribes: of its own, what comes to it, or lies in its area",
    "traces: its own, what comes to it, its area's, and of the rest public fields",
    "looks up master data: its own, its area's, and of the rest public fields",
    "sees findings, cases, duties, accounts, reports, bundles: of its own and its area",
    "decides cases: of its area",
    "manages keys and sees who looked: at its own",
]

# verb → whose things, as words that `is_it` understands
SAID: dict[str, list[tuple[str, str]]] = {
    "public": [("trace see-master", "public")],
    "viewer": [
        ("read-event query proofs subscribe", "firm arriving"),
        ("trace", "firm arriving public"),
        ("see-master", "firm public"),
        ("findings see-case duties accounts reports bundles", "firm"),
    ],
    "entry": [
        ("read-event query proofs subscribe", "firm arriving"),
        ("trace", "firm arriving public"),
        ("see-master", "firm public"),
        ("findings see-case duties accounts reports bundles", "firm"),
        ("capture write-master propose-correction", "firm"),
    ],
    "approver": [
        ("read-event query proofs subscribe", "firm arriving"),
        ("trace", "firm arriving public"),
        ("see-master", "firm public"),
        ("findings see-case duties accounts reports bundles", "firm"),
        ("explain-case propose-correction reading-log", "firm"),
        ("approve-correction", "firm by-another"),
    ],
    "firm-admin": [
        ("read-event query proofs subscribe", "firm arriving"),
        ("trace", "firm arriving public"),
        ("see-master", "firm public"),
        ("findings see-case duties accounts reports bundles", "firm"),
        ("capture write-master propose-correction explain-case users keys reading-log", "firm"),
        ("approve-correction", "firm by-another"),
    ],
    "park": [
        ("read-event query proofs subscribe", "firm arriving"),
        ("trace", "firm arriving public"),
        ("see-master", "firm region public"),
        ("findings see-case explain-case reading-log", "firm"),
        ("duties accounts reports", "firm region"),
    ],
    "city": [
        ("read-event query proofs subscribe", "firm arriving region"),
        ("trace", "firm arriving region public"),
        ("see-master", "firm region public"),
        ("findings see-case duties accounts reports bundles", "firm region"),
        ("decide-case", "region"),
        ("keys reading-log", "firm"),
    ],
    "province": [
        ("read-event query proofs subscribe", "firm arriving region"),
        ("trace", "firm arriving region public"),
        ("see-master", "firm region public"),
        ("findings see-case duties accounts reports bundles", "firm region"),
        ("decide-case", "region"),
        ("keys reading-log", "firm"),
    ],
    # read-only and boxed in time: no subscription outlives the box, nothing is written
    "auditor": [
        ("read-event query proofs", "firm arriving region"),
        ("trace", "firm arriving region public"),
        ("see-master", "firm region public"),
        ("findings see-case duties accounts reports bundles", "firm region"),
        ("reading-log", "firm"),
    ],
    "operator": [
        (" ".join(verb for verb in ALL_VERBS if verb != "approve-correction"), "everybody"),
        ("approve-correction", "everybody by-another"),
    ],
}
NEVER_BY_KEY = ["users", "keys", "approve-correction"]


def words(role: str, verb: str) -> list[str]:
    """Whose things a role may do a verb with."""
    if verb in ("checkpoints", "see-standards"):
        return ["everybody"]
    return [word for verbs, whose in SAID[role] if verb in verbs.split() for word in whose.split()]


def mine(row: Mapping[str, Any], names: Sequence[str]) -> bool:
    """Did my firm submit it, or is it the reporter, the giver, the owner before, or was it at one of its places?"""
    for name in names:
        if name in (row.get("party"), row.get("reporter"), row.get("giver"), row.get("owner_from")):
            return True
        if any(
            ((row.get(place) or "") + "/").startswith(name + "/")
            for place in ("read_point", "biz_location", "place_from")
        ):
            return True
    return False


def arriving(row: Mapping[str, Any], names: Sequence[str]) -> bool:
    """Does my firm take it, own it then, or does it come to one of its places?"""
    return any(
        name in (row.get("taker"), row.get("owner_to"))
        or ((row.get("place_to") or "") + "/").startswith(name + "/")
        for name in names
    )


def in_region(row: Mapping[str, Any], area: str, areas: Mapping[str, Sequence[str]]) -> bool:
    """Does one of the parties lie in my area, by its credit code or by what master data say?"""
    if area == "":
        return False
    for column in ("party", "reporter", "giver", "owner_from", "taker", "owner_to"):
        party = row.get(column)
        if party and (
            (len(party) == 18 and party[2:].startswith(area))
            or any(a.startswith(area) for a in areas.get(party, ()))
        ):
            return True
    return False


def allowed(
    role: str, verb: str, row: Mapping[str, Any], *, names: Sequence[str], area: str, areas: Mapping[str, Sequence[str]],
    ended: bool = False, boxed: bool = True, key: Sequence[str] | None = None, same_account: bool = False,
) -> bool:  # fmt: skip
    """May it, by the sentences?"""
    if ended or (role == "auditor" and not boxed):
        return False
    if key is not None and (verb not in key or verb in NEVER_BY_KEY):
        return False
    whose = words(role, verb)
    if "by-another" in whose and same_account:
        return False
    return (
        "everybody" in whose
        or "public" in whose
        or ("firm" in whose and mine(row, names))
        or ("arriving" in whose and arriving(row, names))
        or ("region" in whose and in_region(row, area, areas))
    )


def sees(
    role: str, verb: str, row: Mapping[str, Any], *, names: Sequence[str], area: str, areas: Mapping[str, Sequence[str]]
) -> bool:  # fmt: skip
    """May the entry itself be seen (public fields are no entries)? Lines of the reading log have a door of their own."""
    whose = [word for word in words(role, verb) if word != "public"]
    if "everybody" in whose:
        return True
    if (row.get("biz_step") == "sy:reading") != (verb == "reading-log"):
        return False
    return (
        ("firm" in whose and (mine(row, names) or (verb == "reading-log" and row.get("observes") in names)))
        or ("arriving" in whose and arriving(row, names))
        or ("region" in whose and in_region(row, area, areas))
    )

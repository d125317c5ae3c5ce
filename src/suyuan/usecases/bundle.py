"""The inspection bundle: a report about a party, a case, an item or some entries, with the proof of every entry that it names.

findings, trace ─▶ Report ─▶ PDF, workbook, JSON ─┐
                    └ entries ─▶ bytes, proof ────┼─▶ manifest, signed ─▶ zip
checkpoint, key, documents, rows of law, check.py ┘
"""

import base64
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Any

import msgspec

from suyuan.events.items import items_of
from suyuan.ledger import checkpoint, entry, note, together
from suyuan.ledger.checkpoint import Checkpoint
from suyuan.ledger.tiles import HEIGHT, WIDTH, Tile, nodes, unpack
from suyuan.render import bundle as zip_
from suyuan.render import pdf, report_data, report_xlsx
from suyuan.render.short import short
from suyuan.render.words import step_name
from suyuan.reports import inspection
from suyuan.reports.report import MadeFrom, Report, Section
from suyuan.standards.clauses import place
from suyuan.standards.documents import register
from suyuan.store import keys
from suyuan.store.judged import Judged
from suyuan.store.ledger_port import Ledger
from suyuan.terms.errors import SuyuanError
from suyuan.terms.instants import SHANGHAI, parse_instant
from suyuan.terms.sentence import Lang, Sentence
from suyuan.usecases.cases import UnknownCase
from suyuan.usecases.judge import judged
from suyuan.usecases.trace import find, trace
from suyuan.usecases.workspace import Workspace

Advance = Callable[[int, int], None]
Row = Mapping[str, Any]
THINGS_SHOWN = 2


class NothingToProve(SuyuanError):
    """A bundle without a single entry."""


class NotSequenceNumbers(SuyuanError):
    """A file that should name entries names something else."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What the bundle is about: one of the four; and the day judged on (None: today)."""

    party: str | None = None
    case: str | None = None
    item: str | None = None
    entries: Sequence[int] | None = None
    day: date | None = None


@dataclass(frozen=True, slots=True)
class Made:
    """A bundle: its bytes, how many entries and files, the ledger's size."""

    data: bytes
    entries: int
    documents: int
    size: int


def make(workspace: Workspace, asked: Asked, lang: Lang, advance: Advance = lambda done, total: None) -> Made:
    """The bundle. Raises UnknownCase, NotOnRecord, NoSuchEntry, NothingToProve, NoKey."""
    key = keys.private_key(workspace.directory)
    about, sections, law, size, day = _told(workspace, asked, advance)
    head_note = workspace.ledger.checkpoint_note(size)
    head = checkpoint.opened(head_note, key.verifier())
    seqs = sorted(
        {seq for section in sections for seq in Report(about, about, (section,), _made(head, day)).entries}
    )
    seqs = sorted({*seqs, *(asked.entries or ())})
    if not seqs:
        raise NothingToProve(
            "there is no entry that could be proven: nothing was found and nothing is on record",
            "没有可证明的条目：既无发现，也无记录",
        )
    leaves = _leaves(workspace.ledger, seqs, size)
    sections.append(inspection.entries([_listed(seq, data) for seq, data in leaves.items()]))
    report = Report(inspection.TITLE, about, tuple(sections), _made(head, day), tuple(workspace.remarks()))
    files = _files(workspace, report, leaves, head_note, law, lang)
    made_from = {
        "origin": head.origin,
        "entries": size,
        "root": report.made_from.root,
        "day": day.isoformat(),
    }
    data = zip_.packed(files, made_from, lambda text: note.sign(text, key).show())
    return Made(data, len(seqs), len(msgspec.json.decode(files[zip_.DOCUMENTS])), size)


def _made(head: Checkpoint, day: date) -> MadeFrom:
    at = head.extension("recorded_at")
    assert at is not None, "every checkpoint says when"
    root = head.text().split("\n")[2]
    return MadeFrom(head.origin, head.size, root, parse_instant(at), day)


# -- what is said -----------------------------------------------------------------------------------


def _told(
    workspace: Workspace, asked: Asked, advance: Advance
) -> tuple[Sentence, list[Section], list[dict[str, Any]], int, date]:
    """What the bundle is about, its sections, the rows of law behind them, the ledger's size, the day judged on."""
    if asked.entries is not None:
        n = f"{len(set(asked.entries)):,}"
        about = Sentence(f"账本的 {n} 条条目", f"{n} entries of the ledger")
        day = asked.day or workspace.clock().astimezone(SHANGHAI).date()
        return about, [], [], workspace.ledger.size, day
    with judged(workspace, day=asked.day, advance=advance) as found:
        size, judged_on, _mark = found.state
        assert judged_on is not None, "judged on a day"
        names = found.names()
        about, sections = _sections(workspace, found, asked, names)
        named = {row for section in sections if section.table for row in section.table.law}
        law = [row for row in found.table("law").to_pylist() if row["row"] in named]
    return about, sections, law, size, judged_on


def _sections(
    workspace: Workspace, found: Judged, asked: Asked, names: Mapping[str, str]
) -> tuple[Sentence, list[Section]]:
    if asked.item is not None:
        key, _number = find(workspace, asked.item)
        rows = found.findings(subject=key)
        steps = [_step(row) for row in trace(workspace, key)["timeline"]]
        about = Sentence(f"物项 {key}", f"item {key}")
        return about, [inspection.life(key, steps, rows), inspection.findings(rows, names)]
    cases = found.table("case").to_pylist()
    if asked.case is not None:
        cases = [row for row in cases if row["case_id"] == asked.case]
        if not cases:
            raise UnknownCase(
                f"no case {asked.case!r}; suyuan case list names them",
                f"没有案件 {asked.case!r}；请用 suyuan case list 查看",
            )
        about = Sentence(f"案件 {asked.case}", f"case {asked.case}")
        rows = found.findings(case=asked.case)
    else:
        assert asked.party is not None, "a bundle is about something"
        name = names.get(asked.party, asked.party)
        about = Sentence(f"{name}（{asked.party}）", f"{name} ({asked.party})")
        rows = found.findings(party=asked.party)
        cases = [row for row in cases if row["party"] == asked.party]
    ids = {row["case_id"] for row in cases}
    said = [row for row in found.table("decision").to_pylist() if row["case_id"] in ids]
    sections = [inspection.findings(rows, names)]
    sections += [inspection.cases(cases)] if cases else []
    sections += [inspection.history(said)] if said else []
    return about, sections


def _step(row: Row) -> inspection.Step:
    zh, en = (step_name(row["step"], row["biz_step"], lang) for lang in ("zh", "en"))
    lane = str(row["actor_name"] or row["actor"] or row["submitter"])
    where = str(row["where"] or "")
    beside = ", ".join(short(code, "en") for code in str(row["with"] or "").split(", ") if code)
    return inspection.Step(
        date.fromisoformat(row["day"]), Sentence(zh, en), lane, short(where, "en"), beside, int(row["seq"])
    )


def _listed(seq: int, data: bytes) -> inspection.Listed:
    """An entry in a line, read from its own bytes."""
    read = entry.decode(seq, data)
    body = msgspec.json.decode(read.body) if read.body else {}
    things = [key for _role, key in items_of(body)] if read.kind == "event" and read.body else []
    more = f" +{len(things) - THINGS_SHOWN:,}" if len(things) > THINGS_SHOWN else ""
    step = str(body.get("bizStep", "")).rpartition("/")[2].rpartition(":")[2]
    what = " ".join(filter(None, (str(body.get("type", read.kind)), step)))
    return inspection.Listed(
        seq, read.recorded_at, read.party, what, str(body.get("eventTime", "")),
        " ".join(things[:THINGS_SHOWN]) + more, read.document, read.place,
    )  # fmt: skip


# -- what proves it ---------------------------------------------------------------------------------------


def _leaves(ledger: Ledger, seqs: Sequence[int], size: int) -> dict[int, bytes]:
    """The bytes of these entries, as they were hashed. Raises NoSuchEntry."""
    if seqs[-1] >= size or seqs[0] < 0:
        ledger.entry(seqs[-1] if seqs[-1] >= size else seqs[0])  # says what is wrong

    @lru_cache(maxsize=1)
    def stretch(n: int) -> list[bytes]:
        return unpack(ledger.tile(Tile(None, n, min(WIDTH, size - n * WIDTH))))

    return {seq: stretch(seq // WIDTH)[seq % WIDTH] for seq in seqs}


def _shared(ledger: Ledger, seqs: Sequence[int], size: int) -> list[bytes]:
    """The hashes that lead from these entries to the root, from the ledger's tiles."""

    @lru_cache(maxsize=64)
    def tile(level: int, n: int) -> bytes:
        return ledger.tile(Tile(level, n, min(WIDTH, (size >> HEIGHT * level) - n * WIDTH)))

    def hashes(level: int, start: int, stop: int) -> list[bytes]:
        return [tile(level, n // WIDTH)[n % WIDTH * 32 : n % WIDTH * 32 + 32] for n in range(start, stop)]

    return together.together(seqs, size, nodes(hashes))


def _files(
    workspace: Workspace,
    report: Report,
    leaves: Mapping[int, bytes],
    head_note: str,
    law: Sequence[Row],
    lang: Lang,
) -> dict[str, bytes]:
    """Every file of the bundle but the manifest, in order."""
    ledger = workspace.ledger
    seqs, size = list(leaves), report.made_from.entries
    shared = [base64.b64encode(each).decode() for each in _shared(ledger, seqs, size)]
    return {
        zip_.README: zip_.SAID.encode(),
        zip_.CHECK: zip_.check_py(),
        "report.pdf": pdf.pdf(report, lang),
        "report.xlsx": report_xlsx.workbook(report, lang),
        zip_.REPORT: report_data.as_json(report, lang),
        zip_.ENTRIES: b"".join(data + b"\n" for data in leaves.values()),
        zip_.PROOF: msgspec.json.encode({"size": size, "entries": seqs, "hashes": shared}) + b"\n",
        zip_.CHECKPOINT: head_note.encode(),
        zip_.KEY: f"{workspace.public_key.show()}\n".encode(),
        zip_.DOCUMENTS: zip_.as_json(_documents(ledger, leaves)),
        zip_.LAW: zip_.as_json(_law(law)),
        **_bodies(ledger, leaves),
    }


def _documents(ledger: Ledger, leaves: Mapping[int, bytes]) -> list[dict[str, Any]]:
    """The register rows of every document of these entries: digest, name, who submitted it and when."""
    digests = sorted({str(entry.document_of(data)) for data in leaves.values()})
    return [
        msgspec.json.decode(document.record())
        for digest in digests
        for document in ledger.registrations(digest)
    ]


def _bodies(ledger: Ledger, leaves: Mapping[int, bytes]) -> dict[str, bytes]:
    """Bodies too long to stand in their entry, by digest."""
    aside = {digest: seq for seq, data in leaves.items() if (digest := entry.body_aside(data)) is not None}
    return {f"{zip_.BODIES}{digest}.json": ledger.entry(seq).body for digest, seq in sorted(aside.items())}


def _law(rows: Sequence[Row]) -> list[dict[str, Any]]:
    """Rows of law with the document that each cites; every value of a row under its name."""
    found: dict[str, dict[str, Any]] = {}
    for row in rows:
        told = found.setdefault(row["row"], {
            "row": row["row"], "table": row["table"], "key": row["key"], "since": _iso(row["since"]), "until": _iso(row["until"]),
            "unit": row["unit"], "cites": row["cites"], "verified": row["verified"], "document": _cited(row["cites"]), "values": {},
        })  # fmt: skip
        told["values"][row["field"]] = row["text"] if row["value"] is None else row["value"]
    return [found[name] for name in sorted(found)]


def _iso(day: date | None) -> str | None:
    return None if day is None else day.isoformat()


def _cited(cites: str) -> dict[str, str] | None:
    """The document that a row cites, and its clause as people write it."""
    key, _, clause = cites.partition("#")
    document = register().get(key)
    if document is None:
        return None
    where = place(clause, standard=document.kind == "standard")
    return {
        "number": document.number, "zh": document.title.zh, "en": document.title.en, "issuer": document.issuer,
        "clause_zh": where.zh, "clause_en": where.en,
    }  # fmt: skip


def sequence_numbers(path: Path) -> list[int]:
    """The entries that a file names: a number a line, or a JSON list. Raises NotSequenceNumbers."""
    try:
        text = path.read_text(encoding="utf-8-sig")
        told = msgspec.json.decode(text) if text.lstrip().startswith("[") else text.replace(",", " ").split()
        return sorted({int(each) for each in told})
    except (OSError, ValueError, TypeError, msgspec.MsgspecError) as wrong:
        raise NotSequenceNumbers(
            f"{path} should name entries, one number a line: {wrong}", f"{path} 应每行一个条目编号：{wrong}"
        ) from wrong

"""Reads a stored log again from its bytes and names the first thing that does not agree.

    bundles ──unpack──▶ entries ──hash──▶ leaves ──▶ hashes of tiles, roots ══ signed checkpoints
                           │                                                        ║
                           └── document ══ register of documents ── chain ══════════╝

What stands between double lines must agree. Beside each bundle two bytes of every leaf hash are kept
(`marks`): they prove nothing, they tell which entry of the 256 was changed. Where something differs, the
reading goes on with what was stored, so that one changed byte is told once and not at every later root.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from heapq import merge
from typing import Literal, Protocol

from suyuan.ledger import checkpoint, document, entry, note
from suyuan.ledger.checkpoint import Checkpoint
from suyuan.ledger.damage import Damaged
from suyuan.ledger.merkle import Frontier, leaf_hash, root
from suyuan.ledger.note import Verifier
from suyuan.ledger.tiles import HEIGHT, WIDTH
from suyuan.terms.errors import SuyuanError
from suyuan.terms.sentence import Sentence

MARK = 2
"""Bytes of a leaf hash that are kept beside a bundle: a changed entry slips past with 1 : 65,536, and
then the bundle is named instead of the entry."""

DISAGREEMENTS_MAX = 100


@dataclass(frozen=True, slots=True)
class StoredBundle:
    """A bundle as it was found: `entries` is None where its bytes cannot be read, `fault` says what is wrong."""

    n: int
    count: int
    marks: bytes
    entries: Sequence[bytes] | None
    fault: Sentence | None = None


class Stored(Protocol):
    """A log as a driver keeps it, in the order in which it grew. Nothing here is believed."""

    def key_text(self) -> str:
        """The public key (vkey) that the log names as its own."""

    def bundles(self) -> Iterator[StoredBundle]:
        """All bundles."""

    def tile_hashes(self, level: int) -> Iterator[tuple[int, bytes]]:
        """(n, hash) of the full tiles below `level` ≥ 1."""

    def tile_levels(self) -> int:
        """The highest level that keeps hashes; 0 if none does."""

    def checkpoint_notes(self) -> Iterator[tuple[int, int, str]]:
        """(n, size, note)."""

    def records(self) -> Iterator[tuple[int, bytes]]:
        """(n, record) of the register of documents."""

    def body_aside(self, digest: str) -> bytes | None:
        """A body kept beside its entry. Raises Damaged."""

    def bodies_aside(self) -> Iterator[str]:
        """Digests of all bodies kept beside entries."""

    def check_document(self, digest: str) -> int:
        """Read the kept bytes of a document and return their number. Raises Damaged if they are not its own."""

    def check_container(self) -> None:
        """What the database finds wrong with its own file, beside what it keeps. Raises Damaged."""


Kind = Literal["entry", "bundle", "tile", "checkpoint", "document", "body", "key", "container"]


@dataclass(frozen=True, slots=True)
class Disagreement:
    """One thing that is not what was written: its kind, its number (or digest), and why."""

    kind: Kind
    name: str
    reason: Sentence


@dataclass(slots=True)
class Verdict:
    """What a verification read and found; `ok` if everything agrees."""

    entries: int = 0
    checkpoints: int = 0
    documents: int = 0
    head: Checkpoint | None = None
    disagreements: list[Disagreement] = field(default_factory=list)

    @property
    def ok(self) -> bool:
        """Nothing disagrees."""
        return not self.disagreements

    @property
    def first(self) -> Disagreement | None:
        """The first disagreement, in the order in which the log grew."""
        return self.disagreements[0] if self.disagreements else None


def verify(
    stored: Stored,
    key: Verifier,
    *,
    kept: Sequence[str] = (),
    is_canonical: Callable[[bytes], bool] | None = None,
    documents: bool = True,
    progress: Callable[[int], None] = lambda entries: None,
) -> Verdict:
    """Read everything again; `key` and the `kept` checkpoints come from outside the log.

    `is_canonical` is asked about every entry where given; `documents=False` leaves the kept
    documents unread (their register is checked all the same).
    """
    reading = _Reading(stored, key, is_canonical, progress)
    reading.check_key()
    reading.check_entries(kept)
    reading.check_checkpoints()
    reading.check_bodies()
    if documents:
        reading.check_documents()
    reading.check_container()
    return reading.verdict


@dataclass(slots=True)
class _Reading:
    stored: Stored
    key: Verifier
    is_canonical: Callable[[bytes], bool] | None
    progress: Callable[[int], None]
    verdict: Verdict = field(default_factory=Verdict)
    aside: set[str] = field(default_factory=set)
    tree_differs: bool = False

    def tell(self, kind: Kind, name: object, en: str, zh: str) -> None:
        """Note a disagreement; a log that is wrong from end to end is not told to the end."""
        if len(self.verdict.disagreements) < DISAGREEMENTS_MAX:
            self.verdict.disagreements.append(Disagreement(kind, str(name), Sentence(zh=zh, en=en)))

    def check_key(self) -> None:
        """The log names the key it is checked with."""
        if self.stored.key_text() != self.key.show():
            self.tell(
                "key",
                self.key.name,
                "the log names another key than the one given",
                "账本所载公钥与给定公钥不同",
            )

    # -- entries, tiles, roots ------------------------------------------------------------------

    def check_entries(self, kept: Sequence[str]) -> None:
        """Leaves, tile hashes, the root at every checkpoint, and the document of each entry."""
        roots = _Ahead(self._roots(kept))
        tiles = _Tiles(self)
        spans = _Spans(self)
        edge = Frontier()
        self._roots_at(edge, roots)
        for n, bundle in enumerate(self.stored.bundles()):
            if bundle.n != n or edge.size % WIDTH:
                self.tell("bundle", n, f"bundle {n} is not where it should be", f"第 {n} 束次序不对")
                break
            leaves = self._leaves(bundle, tiles, spans)
            if leaves is None:
                break
            if isinstance(
                leaves, bytes
            ):  # not readable or not the same, but its hash stands in the tile above
                edge.append(leaves, HEIGHT)
                roots.skip_to(edge.size)
                self._roots_at(edge, roots)
            else:
                self._grow(edge, leaves, roots)
            self.verdict.entries = edge.size
            self.progress(edge.size)
        self._end(edge, roots, tiles, spans)

    def _leaves(self, bundle: StoredBundle, tiles: "_Tiles", spans: "_Spans") -> list[bytes] | bytes | None:
        """The bundle's leaf hashes; the stored hash over them where they differ; None if there is neither."""
        start = bundle.n * WIDTH
        if bundle.entries is None:
            assert bundle.fault is not None
            self.tell("bundle", bundle.n, bundle.fault.en, bundle.fault.zh)
            return tiles.stored_hash() if bundle.count == WIDTH else None
        leaves = [leaf_hash(data) for data in bundle.entries]
        told = len(self.verdict.disagreements)
        self._check_marks(bundle, leaves)
        if bundle.fault and told == len(self.verdict.disagreements):
            self.tell("bundle", bundle.n, bundle.fault.en, bundle.fault.zh)
        spans.check(start, bundle.entries)
        if self.is_canonical:
            self._check_canonical(start, bundle.entries)
        if len(leaves) < WIDTH:
            return leaves
        over = root(leaves)
        kept_over = tiles.add(over)
        if kept_over is None or kept_over == over:
            return leaves
        if told == len(self.verdict.disagreements):
            self.tell(
                "bundle",
                bundle.n,
                f"bundle {bundle.n} differs from its hash",
                f"第 {bundle.n} 束与其哈希不符",
            )
        return kept_over

    def _check_marks(self, bundle: StoredBundle, leaves: list[bytes]) -> None:
        marks = b"".join([leaf[:MARK] for leaf in leaves])
        if len(leaves) != bundle.count:
            self.tell(
                "bundle",
                bundle.n,
                f"bundle {bundle.n} holds {len(leaves)} entries and should hold {bundle.count}",
                f"第 {bundle.n} 束有 {len(leaves)} 条，应有 {bundle.count} 条",
            )
        elif marks != bundle.marks:
            wrong = next(
                (
                    i
                    for i, leaf in enumerate(leaves)
                    if leaf[:MARK] != bundle.marks[MARK * i : MARK * (i + 1)]
                ),
                0,
            )
            seq = bundle.n * WIDTH + wrong
            self.tell("entry", seq, f"entry {seq} is not what was recorded", f"第 {seq} 条与记录时不同")

    def _check_canonical(self, start: int, entries: Sequence[bytes]) -> None:
        assert self.is_canonical is not None
        for seq, data in enumerate(entries, start):
            if not self.is_canonical(data):
                self.tell("entry", seq, f"entry {seq} is not canonical JSON", f"第 {seq} 条不是规范 JSON")

    def _grow(self, edge: Frontier, leaves: list[bytes], roots: "_Ahead") -> None:
        """Add leaves, stopping at every checkpoint on the way to compare roots."""
        start = edge.size
        while roots.next is not None and roots.next[0] < start + len(leaves):
            edge.extend(leaves[edge.size - start : roots.next[0] - start])
            self._roots_at(edge, roots)
        if edge.size == start and len(leaves) == WIDTH:
            edge.append(root(leaves), HEIGHT)
        else:
            edge.extend(leaves[edge.size - start :])
        self._roots_at(edge, roots)

    def _roots_at(self, edge: Frontier, roots: "_Ahead") -> None:
        while roots.next is not None and roots.next[0] == edge.size:
            size, name, expected = roots.take()
            if edge.root() != expected and not self.tree_differs:
                self.tree_differs = True
                self.tell(
                    "checkpoint",
                    name,
                    f"the first {size} entries are not those that checkpoint {name} was signed for",
                    f"前 {size} 条与检查点 {name} 签署时不同",
                )

    def _roots(self, kept: Sequence[str]) -> Iterator[tuple[int, str, bytes]]:
        """(size, name, root) of all checkpoints that can be read, by size."""
        return merge(self._stored_roots(), sorted(self._kept_roots(kept)))

    def _stored_roots(self) -> Iterator[tuple[int, str, bytes]]:
        reached = 0
        for n, _, text in self.stored.checkpoint_notes():
            try:
                head = checkpoint.parse_text(note.parse(text).text)
            except SuyuanError:
                continue  # told where signatures are checked
            if head.size >= reached:
                reached = head.size
                self.verdict.head = head
                yield head.size, str(n), head.root

    def _kept_roots(self, kept: Sequence[str]) -> Iterator[tuple[int, str, bytes]]:
        for text in kept:
            head = checkpoint.opened(text, self.key)
            yield head.size, "kept", head.root

    def _end(self, edge: Frontier, roots: "_Ahead", tiles: "_Tiles", spans: "_Spans") -> None:
        head = self.verdict.head
        if roots.next is not None:
            size, name, _ = roots.next
            self.tell(
                "checkpoint",
                name,
                f"the log ends at {edge.size} entries; checkpoint {name} was signed for {size}",
                f"账本止于 {edge.size} 条；检查点 {name} 签署时有 {size} 条",
            )
        elif head is None or head.size != edge.size:
            self.tell("checkpoint", "last", "entries that no checkpoint covers", "有条目未被任何检查点覆盖")
        if not self.verdict.disagreements:
            tiles.end()
            spans.end(edge.size)

    # -- checkpoints, register, bodies, documents ------------------------------------------------

    def check_checkpoints(self) -> None:
        """Signatures, growth, and the register's chain at each."""
        records = _Chain(self)
        size = 0
        for at, (n, stored_size, text) in enumerate(self.stored.checkpoint_notes()):
            self.verdict.checkpoints += 1
            try:
                head = checkpoint.opened(text, self.key)
            except SuyuanError as wrong:
                self.tell("checkpoint", n, wrong.sentence.en, wrong.sentence.zh)
                continue
            if n != at or stored_size != head.size or head.size < size:
                self.tell("checkpoint", n, f"checkpoint {n} is out of order", f"检查点 {n} 次序不对")
            size = max(size, head.size)
            records.check(n, head)
        records.end()

    def check_bodies(self) -> None:
        """Bodies beside entries: all there, none too many."""
        for digest in sorted(self.aside.symmetric_difference(self.stored.bodies_aside())):
            self.tell(
                "body",
                digest,
                f"body {digest} and its entry are not both there",
                f"正文 {digest} 与条目不能对应",
            )

    def check_documents(self) -> None:
        """The kept bytes of every document."""
        for _, record in self.stored.records():
            try:
                kept = document.parse_record(record)
            except Damaged:
                continue  # told with the chain
            try:
                size = self.stored.check_document(kept.digest)
            except Damaged as wrong:
                self.tell("document", kept.digest, wrong.sentence.en, wrong.sentence.zh)
                continue
            if size != kept.size:
                self.tell("document", kept.digest, "the document has another size", "文件大小不符")

    def check_container(self) -> None:
        """The file around what was read: its pages and indexes."""
        try:
            self.stored.check_container()
        except Damaged as wrong:
            self.tell("container", "ledger", wrong.sentence.en, wrong.sentence.zh)


class _Ahead:
    """An iterator whose next value can be looked at."""

    def __init__(self, values: Iterator[tuple[int, str, bytes]]) -> None:
        self._values = values
        self.next = next(values, None)

    def take(self) -> tuple[int, str, bytes]:
        taken, self.next = self.next, next(self._values, None)
        assert taken is not None
        return taken

    def skip_to(self, size: int) -> None:
        """Pass over what lies before `size`."""
        while self.next is not None and self.next[0] < size:
            self.take()


class _Tiles:
    """The stored hashes of full tiles, compared with those computed, level by level."""

    def __init__(self, reading: _Reading) -> None:
        self._reading = reading
        self._stored: list[Iterator[tuple[int, bytes]]] = []
        self._computed: list[list[bytes]] = []
        self._counts: list[int] = []
        self._looked: tuple[int, bytes] | None = None

    def _level(self, level: int) -> None:
        while len(self._stored) < level:
            self._stored.append(self._reading.stored.tile_hashes(len(self._stored) + 1))
            self._computed.append([])
            self._counts.append(0)

    def stored_hash(self) -> bytes | None:
        """The stored hash of the next bundle, for going on where the bundle itself cannot be read."""
        self._level(1)
        n, kept = next(self._stored[0], (-1, b""))
        if n != self._counts[0]:
            return None
        self._carry(1, kept)
        return kept

    def add(self, over: bytes) -> bytes | None:
        """Compare the hash over the next bundle; returns the stored one, None if it is missing."""
        self._level(1)
        n, kept = next(self._stored[0], (-1, b""))
        if n != self._counts[0]:
            self._missing(1)
            self._carry(1, over)
            return None
        self._carry(1, kept)
        return kept

    def _carry(self, level: int, value: bytes) -> None:
        self._counts[level - 1] += 1
        row = self._computed[level - 1]
        row.append(value)
        if len(row) < WIDTH:
            return
        over = root(row)
        row.clear()
        self._level(level + 1)
        n, kept = next(self._stored[level], (-1, b""))
        if n != self._counts[level]:
            self._missing(level + 1)
        elif kept != over:
            self._reading.tell(
                "tile",
                f"{level + 1}/{n}",
                f"hash {n} of tile level {level + 1} differs",
                f"第 {level + 1} 层第 {n} 个哈希不符",
            )
        self._carry(level + 1, over)

    def _missing(self, level: int) -> None:
        n = self._counts[level - 1]
        self._reading.tell(
            "tile",
            f"{level}/{n}",
            f"hash {n} of tile level {level} is missing",
            f"第 {level} 层缺第 {n} 个哈希",
        )

    def end(self) -> None:
        """Nothing may be left over."""
        self._level(self._reading.stored.tile_levels())
        for level, left in enumerate(self._stored, start=1):
            for n, _ in left:
                self._reading.tell(
                    "tile",
                    f"{level}/{n}",
                    f"hash {n} of tile level {level} is over no entries",
                    f"第 {level} 层第 {n} 个哈希多余",
                )


class _Spans:
    """Each entry names the document whose span it stands in."""

    def __init__(self, reading: _Reading) -> None:
        self._reading = reading
        self._records = reading.stored.records()
        self._next = 0
        self._stop = 0
        self._digest = ""

    def check(self, start: int, entries: Sequence[bytes]) -> None:
        at, end = start, start + len(entries)
        while at < end:
            while at >= self._stop:
                if not self._advance():
                    return
            upto = min(end, self._stop)
            self._check_within(at, entries[at - start : upto - start])
            at = upto

    def _check_within(self, seq: int, entries: Sequence[bytes]) -> None:
        opening = b'{"document":"' + self._digest.encode() + b'","'
        for n, data in enumerate(entries, seq):
            if data.startswith(opening):
                continue
            aside = entry.body_aside(data)
            if aside is None or entry.document_of(data) != self._digest:
                self._reading.tell(
                    "entry",
                    n,
                    f"entry {n} is not of document {self._digest}",
                    f"第 {n} 条不属于文件 {self._digest}",
                )
            else:
                self._fetch(n, aside)

    def _fetch(self, seq: int, digest: str) -> None:
        self._reading.aside.add(digest)
        try:
            if self._reading.stored.body_aside(digest) is None:
                self._reading.tell(
                    "body", digest, f"the body of entry {seq} is missing", f"缺第 {seq} 条的正文"
                )
        except Damaged as wrong:
            self._reading.tell("body", digest, wrong.sentence.en, wrong.sentence.zh)

    def _advance(self) -> bool:
        """The next document; a broken or missing record is told once, where the chain is checked or here."""
        for _, record in self._records:
            try:
                found = document.parse_record(record)
            except Damaged:
                return False
            if found.first_seq != self._stop:
                return False
            if found.entries:
                self._digest = found.digest
                self._stop += found.entries
                return True
        return False

    def end(self, size: int) -> None:
        while self._stop < size or self._stop == size:
            if not self._advance():
                break
        if self._stop != size:
            self._reading.tell(
                "document",
                "register",
                f"the register speaks of {self._stop} entries, the log has {size}",
                f"登记簿计 {self._stop} 条，账本有 {size} 条",
            )


class _Chain:
    """The register's records and the heads that checkpoints carry."""

    def __init__(self, reading: _Reading) -> None:
        self._reading = reading
        self._records = reading.stored.records()
        self._head = document.NO_DOCUMENTS
        self._count = 0
        self._differs = False

    def check(self, n: int, head: Checkpoint) -> None:
        """Advance to the records that checkpoint `n` covers and compare."""
        expected = f"documents {head.extension('documents') or ''}"
        count = int(expected.split()[1]) if expected != "documents " else 0
        while self._count < count and self._step():
            pass
        if document.extension(self._count, self._head) != expected and not self._differs:
            self._differs = True
            self._reading.tell(
                "document",
                f"register up to {count}",
                f"the register of documents differs from checkpoint {n}",
                f"文件登记簿与检查点 {n} 不符",
            )

    def _step(self) -> bool:
        n, record = next(self._records, (-1, b""))
        if n < 0:
            return False
        if n != self._count:
            self._reading.tell(
                "document", n, f"record {n} of the register is out of order", f"登记簿第 {n} 条次序不对"
            )
        try:
            document.parse_record(record)
        except Damaged as wrong:
            self._reading.tell("document", n, wrong.sentence.en, wrong.sentence.zh)
        self._head = document.chain(self._head, record)
        self._count += 1
        self._reading.verdict.documents = self._count
        return True

    def end(self) -> None:
        """No record beyond the last checkpoint."""
        if self._step():
            self._reading.tell(
                "document", self._count - 1, "a record that no checkpoint covers", "有登记未被任何检查点覆盖"
            )

"""Whatever byte is changed in what is stored, `verify` finds it."""

import random
import shutil
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import pytest
from tests.store.made import KEY, Body, bodies, new_ledger, open_ledger, record

from suyuan.ledger import tiles
from suyuan.ledger.damage import Damaged
from suyuan.ledger.verify import verify
from suyuan.store.documents import Documents
from suyuan.store.ledger_port import Ledger
from suyuan.store.sealed import Sealer, unseal
from suyuan.terms.errors import SuyuanError

LONG = Body("event", b'{"childEPCs":"' + random.Random(1).randbytes(40_000).hex().encode() + b'"}', "line 1")


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An untouched ledger: three full bundles and a partial one, a body aside, four documents."""
    directory = tmp_path_factory.mktemp("whole")
    ledger = new_ledger(directory)
    for n, count in enumerate((300, 1, 0, 499)):
        record(ledger, b"document %d " % n * 50, [*bodies(count, "abcd"[n]), *([LONG] if n == 1 else [])])
    ledger.close()
    return directory


@contextmanager
def copied(whole: Path, directory: Path) -> Iterator[Path]:
    shutil.copytree(whole, directory / "copy")
    try:
        yield directory / "copy"
    finally:
        shutil.rmtree(directory / "copy")


def found(directory: Path) -> str | None:
    """What is found wrong with a ledger: where, or that it cannot be read at all."""
    try:
        with closing(open_ledger(directory)) as ledger:
            first = verify(ledger.stored(), KEY.verifier()).first
    except SuyuanError as refused:
        return f"unreadable: {refused}"
    return None if first is None else f"{first.kind} {first.name}"


def flipped(data: bytes, draw: random.Random) -> bytes:
    return with_bit(data, draw.randrange(len(data)), draw.randrange(8))


def change(path: Path, table: str, key: str, n: object, column: str, to: Callable[[Any], object]) -> None:
    with closing(sqlite3.connect(path)) as connection, connection:
        (value,) = connection.execute(f"SELECT {column} FROM {table} WHERE {key} = ?", (n,)).fetchone()
        connection.execute(f"UPDATE {table} SET {column} = ? WHERE {key} = ?", (to(value), n))


def keys_of(path: Path, table: str, key: str) -> list[object]:
    with closing(sqlite3.connect(path)) as connection:
        return [row[0] for row in connection.execute(f"SELECT {key} FROM {table}")]


@pytest.mark.parametrize(
    ("table", "key", "column"),
    [
        ("bundle", "n", "data"),
        ("bundle", "n", "marks"),
        ("tile", "n", "hash"),
        ("checkpoint", "n", "note"),
        ("register", "n", "record"),
        ("register", "n", "digest"),
        ("body", "digest", "data"),
        ("body", "digest", "digest"),
        ("meta", "name", "value"),
    ],
)
def test_a_bit_changed_in_a_row_is_found(
    whole: Path, tmp_path: Path, table: str, key: str, column: str
) -> None:
    draw = random.Random(f"{table} {column}")
    path = tmp_path / "ledger.sqlite"
    rows = keys_of(whole / "ledger.sqlite", table, key)
    shutil.copytree(whole / "documents", tmp_path / "documents")
    for _ in range(25):
        shutil.copy(whole / "ledger.sqlite", path)
        n = draw.choice(rows)
        change(path, table, key, n, column, lambda value: flipped(value, draw))
        assert found(tmp_path) is not None, f"{table} {n!r}"


def test_a_bit_of_a_bundle_that_means_nothing_to_zstd_is_found(whole: Path, tmp_path: Path) -> None:
    for bit in range(8):
        with copied(whole, tmp_path) as copy:
            # behind the sum and zstd's own four bytes stands the frame's descriptor
            change(copy / "ledger.sqlite", "bundle", "n", 1, "data", lambda value: with_bit(value, 8, bit))  # noqa: B023  # called at once
            assert found(copy) == "bundle 1"


def with_bit(data: object, place: int, bit: int) -> bytes:
    assert isinstance(data, bytes)
    return data[:place] + bytes([data[place] ^ 1 << bit]) + data[place + 1 :]


@pytest.mark.parametrize(
    ("table", "column"),
    [
        ("bundle", "count"),
        ("bundle", "n"),
        ("checkpoint", "size"),
        ("checkpoint", "n"),
        ("register", "n"),
        ("tile", "n"),
    ],
)
def test_a_number_changed_in_a_row_is_found(whole: Path, tmp_path: Path, table: str, column: str) -> None:
    draw = random.Random(f"{table} {column}")
    for n in keys_of(whole / "ledger.sqlite", table, "n"):
        with copied(whole, tmp_path) as copy:
            change(
                copy / "ledger.sqlite",
                table,
                "n",
                n,
                column,
                lambda value: value + draw.choice((-9, 9, 1000)),
            )
            assert found(copy) is not None, f"{table} {n!r}"


@pytest.mark.parametrize("table", ["bundle", "tile", "checkpoint", "register", "body"])
def test_a_row_taken_away_is_found(whole: Path, tmp_path: Path, table: str) -> None:
    path = whole / "ledger.sqlite"
    for rowid in keys_of(path, table, "n" if table == "tile" else "rowid"):
        with copied(whole, tmp_path) as copy:
            with closing(sqlite3.connect(copy / "ledger.sqlite")) as connection, connection:
                connection.execute(
                    f"DELETE FROM {table} WHERE {'n' if table == 'tile' else 'rowid'} = ?", (rowid,)
                )
            assert found(copy) is not None, f"{table} {rowid}"


def test_a_changed_entry_is_named(whole: Path, tmp_path: Path) -> None:
    def reworded(sealed: object) -> bytes:
        assert isinstance(sealed, bytes)
        entries = tiles.unpack(unseal(sealed))
        entries[77] = entries[77].replace(b'"n":', b'"m":')
        return Sealer()(tiles.pack(entries))

    with copied(whole, tmp_path) as copy:
        # whoever changes an entry with care also mends the checksum of its bundle
        change(copy / "ledger.sqlite", "bundle", "n", 1, "data", reworded)
        assert found(copy) == f"entry {256 + 77}"


def test_a_bit_changed_in_the_file_is_found_or_says_nothing(whole: Path, tmp_path: Path) -> None:
    """Between the rows a page has room that nobody reads: there, everything stored still reads the same."""
    draw = random.Random(20)
    original = (whole / "ledger.sqlite").read_bytes()
    untouched = contents(whole)
    shutil.copytree(whole / "documents", tmp_path / "documents")
    silent = 0
    for _ in range(150):
        (tmp_path / "ledger.sqlite").write_bytes(flipped(original, draw))
        if found(tmp_path) is None:
            silent += 1
            assert contents(tmp_path) == untouched
    assert silent < 50, "most of the file is what was recorded"


def contents(directory: Path) -> tuple[object, ...]:
    """Everything that can be asked of a ledger."""
    with closing(open_ledger(directory)) as ledger:
        return (
            list(ledger.bundle_lines()),
            list(ledger.documents()),
            [ledger.document(kept.digest) for kept in ledger.documents()],
            [ledger.checkpoint_note(size) for size in (0, 300, 302, 801)],
            [ledger.inclusion(seq) for seq in (0, 300, 800)],
        )


def test_a_bit_changed_in_a_kept_document_is_found_or_says_nothing(whole: Path, tmp_path: Path) -> None:
    draw = random.Random(3)
    shutil.copy(whole / "ledger.sqlite", tmp_path / "ledger.sqlite")
    kept = sorted(path.relative_to(whole) for path in (whole / "documents").glob("*/*.zst"))
    with closing(open_ledger(whole)) as ledger:
        said = {path.stem: read(ledger, path.stem) for path in kept}
    for _ in range(60):
        shutil.rmtree(tmp_path / "documents", ignore_errors=True)
        shutil.copytree(whole / "documents", tmp_path / "documents")
        path = draw.choice(kept)
        (tmp_path / path).write_bytes(flipped((whole / path).read_bytes(), draw))
        if (told := found(tmp_path)) is not None:
            assert told == f"document {path.stem}"
        else:
            # a frame of zstd has a bit that means nothing
            with Documents(tmp_path / "documents").read(path.stem) as stream:
                assert stream.read() == said[path.stem]


def read(ledger: Ledger, digest: str) -> bytes:
    with ledger.read_document(digest) as stream:
        return stream.read()


def test_a_missing_document_is_named(whole: Path, tmp_path: Path) -> None:
    with copied(whole, tmp_path) as copy:
        path = next((copy / "documents").glob("*/*.zst"))
        path.unlink()
        assert found(copy) == f"document {path.stem}"


def test_a_log_cut_back_to_an_earlier_state_is_told_by_a_kept_checkpoint(whole: Path, tmp_path: Path) -> None:
    with closing(open_ledger(whole)) as ledger:
        kept = ledger.checkpoint_note()
    earlier = new_ledger(tmp_path)
    record(earlier, b"document 0 " * 50, bodies(300, "a"))
    assert verify(earlier.stored(), KEY.verifier()).first is None
    first = verify(earlier.stored(), KEY.verifier(), kept=[kept]).first
    assert first is not None
    assert (first.kind, first.name) == ("checkpoint", "kept")
    earlier.close()


def test_nothing_is_written_behind_damage(whole: Path, tmp_path: Path) -> None:
    with copied(whole, tmp_path) as copy:
        change(
            copy / "ledger.sqlite", "bundle", "n", 3, "data", lambda value: flipped(value, random.Random(5))
        )
        with closing(open_ledger(copy)) as ledger, pytest.raises(Damaged, match="suyuan verify names"):
            record(ledger, b"more", bodies(1))

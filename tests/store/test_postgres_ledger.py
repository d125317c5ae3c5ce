"""What is PostgreSQL's own: the same record as SQLite's byte for byte, its migrations, its address, several machines."""

import random
import shutil
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.store.drivers import Driver, OnPostgres, OnSqlite, ask
from tests.store.made import KEY, address_of, bodies, open_ledger, record
from tests.store.postgres_server import Server
from tests.store.test_damage import LONG, flipped

from suyuan.ledger.damage import Damaged
from suyuan.ledger.tiles import Tile
from suyuan.ledger.verify import verify
from suyuan.store import migrations, postgres_schema
from suyuan.store.documents import NoSuchDocument
from suyuan.store.postgres_address import NotAnAddress, SecretInAddress, parse
from suyuan.store.postgres_documents import PIECE
from suyuan.store.postgres_schema import HEAD, OldLedger
from suyuan.store.sql_ledger import SqlLedger
from suyuan.terms.errors import SuyuanError


@pytest.fixture(scope="module")
def postgres(server: Server) -> OnPostgres:
    return OnPostgres(server)


# -- the same record -------------------------------------------------------------------------------


def everything(ledger: SqlLedger) -> object:
    """What a ledger keeps, as bytes."""
    stored = ledger.stored()
    return (
        list(stored.checkpoint_notes()),
        [(bundle.n, bundle.count, bundle.marks, bundle.entries) for bundle in stored.bundles()],
        [list(stored.tile_hashes(level)) for level in range(1, stored.tile_levels() + 1)],
        list(stored.records()),
        list(stored.bodies_aside()),
        [read(ledger, document.digest) for document in ledger.documents()],
    )


def read(ledger: SqlLedger, digest: str) -> bytes:
    with ledger.read_document(digest) as stream:
        return stream.read()


@settings(max_examples=6, deadline=None)
@given(
    counts=st.lists(st.sampled_from([0, 1, 3, 255, 256, 300, 700]), min_size=1, max_size=5),
    seed=st.integers(),
)
def test_both_drivers_keep_the_same_bytes(
    postgres: OnPostgres, tmp_path_factory: pytest.TempPathFactory, counts: list[int], seed: int
) -> None:
    kept, place = [], tmp_path_factory.mktemp("twins")
    drivers: tuple[Driver, ...] = (OnSqlite(), postgres)
    for n, driver in enumerate(drivers):
        with closing(driver.new(place / str(n))) as ledger:
            for number, count in enumerate(counts):
                contents = random.Random(seed + number).randbytes(count * 50)
                record(ledger, contents, [*bodies(count, f"{seed}"), *([LONG] if number % 2 else [])])
            kept.append(everything(ledger))
    assert kept[0] == kept[1]


def test_a_bundle_over_all_tile_levels_is_the_same(postgres: OnPostgres, tmp_path: Path) -> None:
    roots = []
    drivers: tuple[Driver, ...] = (OnSqlite(), postgres)
    for n, driver in enumerate(drivers):
        with closing(driver.new(tmp_path / str(n))) as ledger:
            record(ledger, b"many", bodies(66_000))
            roots.append((ledger.checkpoint_note(), ledger.tile(Tile(2, 0, 1)), ledger.inclusion(65_999)))
    assert roots[0] == roots[1]


@pytest.mark.parametrize("size", [0, PIECE - 1, 3 * PIECE + 17])
def test_a_document_in_pieces_is_what_was_submitted(postgres: OnPostgres, tmp_path: Path, size: int) -> None:
    contents = random.Random(size).randbytes(size)
    with closing(postgres.new(tmp_path)) as ledger:
        digest = record(ledger, contents, bodies(1)).digest
        assert read(ledger, digest) == contents
        assert record(ledger, contents, bodies(1), party="91440300192317458F").digest == digest
        (count,) = ask(tmp_path, "SELECT count(*) FROM document")[0]
        assert count == -(-(size + 20) // PIECE), "kept once, in pieces"
        assert verify(ledger.stored(), KEY.verifier()).first is None
        with pytest.raises(NoSuchDocument):
            ledger.read_document("no digest")


# -- damage ----------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def whole(postgres: OnPostgres, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    directory = tmp_path_factory.mktemp("whole")
    with closing(postgres.new(directory)) as ledger:
        for n, count in enumerate((300, 1, 0, 499)):
            record(ledger, b"document %d " % n * 50, [*bodies(count, "abcd"[n]), *([LONG] if n == 1 else [])])
    yield directory
    assert found(directory) is None, "every change was put back"


def found(directory: Path) -> str | None:
    try:
        with closing(open_ledger(directory)) as ledger:
            first = verify(ledger.stored(), KEY.verifier()).first
    except SuyuanError as refused:
        return f"unreadable: {refused}"
    return None if first is None else f"{first.kind} {first.name}"


COLUMNS = [
    ("bundle", "data"), ("bundle", "marks"), ("tile", "hash"), ("checkpoint", "note"), ("register", "record"),
    ("register", "digest"), ("body", "data"), ("body", "digest"), ("meta", "value"), ("document", "data"),
    ("document", "digest"),
]  # fmt: skip


@pytest.mark.parametrize(("table", "column"), COLUMNS)
def test_a_bit_changed_in_a_row_is_found(whole: Path, table: str, column: str) -> None:
    draw = random.Random(f"{table} {column}")
    rows = ask(whole, f"SELECT ctid::text, {column} FROM {table}")
    for _ in range(4):
        ctid, before = draw.choice(rows)
        changed_then_back(whole, table, column, ctid, before, flipped(before, draw))
        rows = ask(whole, f"SELECT ctid::text, {column} FROM {table}")


NUMBERS = [
    ("bundle", "count"), ("bundle", "n"), ("checkpoint", "size"), ("checkpoint", "n"), ("register", "n"), ("tile", "n"),
]  # fmt: skip


@pytest.mark.parametrize(("table", "column"), NUMBERS)
def test_a_number_changed_in_a_row_is_found(whole: Path, table: str, column: str) -> None:
    draw = random.Random(f"{table} {column}")
    ctid, before = draw.choice(ask(whole, f"SELECT ctid::text, {column} FROM {table}"))
    changed_then_back(whole, table, column, ctid, before, before + draw.choice((-90, 90, 1000)))


def changed_then_back(
    directory: Path, table: str, column: str, ctid: str, before: object, after: object
) -> None:
    sql = f"UPDATE {table} SET {column} = %s WHERE ctid = %s::tid RETURNING ctid::text"
    (at,) = ask(directory, sql, after, ctid)[0]
    try:
        told = found(directory)
        # zstd has a bit or two that mean nothing: then the document reads as it did
        assert told is not None or (table, column) == ("document", "data"), f"{table}.{column} {ctid}"
    finally:
        ask(directory, sql, before, at)


@pytest.mark.parametrize("table", ["bundle", "tile", "checkpoint", "register", "body", "document"])
def test_a_row_taken_away_is_found(whole: Path, table: str) -> None:
    ask(whole, f"CREATE TABLE held AS SELECT * FROM {table}")
    try:
        for (ctid,) in ask(whole, f"SELECT ctid::text FROM {table}"):
            ask(whole, f"DELETE FROM {table} WHERE ctid = %s::tid", ctid)
            assert found(whole) is not None, f"{table} {ctid}"
            ask(whole, f"INSERT INTO {table} SELECT * FROM held ON CONFLICT DO NOTHING")
    finally:
        ask(whole, "DROP TABLE held")


def test_tables_that_are_gone_are_damage(postgres: OnPostgres, tmp_path: Path) -> None:
    with closing(postgres.new(tmp_path)) as ledger:
        record(ledger, b"small", bodies(300))
        ask(tmp_path, "DROP TABLE bundle")
        with pytest.raises(Damaged, match="restore a copy"):
            ledger.inclusion(7)
        assert str(found(tmp_path)).startswith("unreadable: PostgreSQL")


# -- migrations ------------------------------------------------------------------------------------

CATALOGUE = """
SELECT c.relname, c.relkind::text, a.attname, format_type(a.atttypid, a.atttypmod), a.attnotnull, a.attstorage::text, a.attnum
FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
WHERE c.relnamespace = current_schema()::regnamespace ORDER BY c.relname, a.attname
"""
CONSTRAINTS = """
SELECT conname, pg_get_constraintdef(oid) FROM pg_constraint WHERE connamespace = current_schema()::regnamespace
UNION ALL SELECT indexname, regexp_replace(indexdef, ' ON [^ ]*', '') FROM pg_indexes WHERE schemaname = current_schema()
ORDER BY 1, 2
"""


def test_the_migrations_lead_to_the_tables_that_the_driver_makes(
    postgres: OnPostgres, tmp_path: Path
) -> None:
    postgres.new(tmp_path / "made").close()
    (tmp_path / "address").write_text(postgres.server.fresh())
    assert migrations.migrate(parse(address_of(tmp_path))) == (None, HEAD)
    for sql in (CATALOGUE, CONSTRAINTS):
        assert ask(tmp_path, sql) == ask(tmp_path / "made", sql)
    assert len(ask(tmp_path, CATALOGUE)) > 30


@pytest.fixture
def newer(tmp_path: Path) -> Path:
    """The steps of a suyuan to come: one more, which adds a column."""
    steps = tmp_path / "steps"
    shutil.copytree(migrations.HERE, steps)
    (steps / "versions" / "v0002_more.py").write_text(
        "from alembic import op\nrevision, down_revision = '0002', '0001'\nbranch_labels = depends_on = None\n"
        'def upgrade():\n    op.execute("ALTER TABLE register ADD COLUMN note bytea")\n'
    )
    return steps


def test_a_ledger_of_an_earlier_version_is_told_and_brought_up_with_all_it_holds(
    postgres: OnPostgres, newer: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with closing(postgres.new(tmp_path)) as ledger:
        record(ledger, b"first", bodies(300))
        before = everything(ledger)
    monkeypatch.setattr(postgres_schema, "HEAD", "0002")
    with pytest.raises(
        OldLedger, match="stands at version 0001, this suyuan works with 0002: suyuan migrate"
    ):
        open_ledger(tmp_path)
    address = parse(address_of(tmp_path))
    assert migrations.migrate(address, steps=newer) == ("0001", "0002")
    assert migrations.migrate(address, steps=newer) == ("0002", "0002"), "once is enough"
    with closing(open_ledger(tmp_path)) as ledger:
        assert everything(ledger) == before


def test_a_ledger_of_a_later_version_is_left_alone(postgres: OnPostgres, newer: Path, tmp_path: Path) -> None:
    with closing(postgres.new(tmp_path)) as ledger:
        migrations.migrate(parse(address_of(tmp_path)), steps=newer)
        with pytest.raises(OldLedger, match="a newer one needs a newer suyuan"):
            record(ledger, b"by an older writer that was open", bodies(3))
    with pytest.raises(OldLedger):
        open_ledger(tmp_path)
    with pytest.raises(OldLedger, match="which this suyuan does not know"):
        migrations.migrate(parse(address_of(tmp_path)))


def test_a_step_that_fails_leaves_the_ledger_where_it_was(
    postgres: OnPostgres, newer: Path, tmp_path: Path
) -> None:
    with closing(postgres.new(tmp_path)) as ledger:
        record(ledger, b"first", bodies(300))
        step = newer / "versions" / "v0002_more.py"
        step.write_text(step.read_text() + "    op.execute('DROP TABLE no_such_table')\n")
        with pytest.raises(Exception, match="no_such_table"):
            migrations.migrate(parse(address_of(tmp_path)), steps=newer)
        record(ledger, b"second", bodies(3))
        assert verify(ledger.stored(), KEY.verifier()).first is None


# -- addresses -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    [
        "postgresql://keeper:geheim@db/ledger",
        "postgresql://db/ledger?password=geheim",
        "postgresql://db/ledger?sslpassword=geheim",
    ],
)
def test_an_address_with_a_password_is_refused_without_repeating_it(text: str) -> None:
    with pytest.raises(SecretInAddress, match="PGPASSWORD") as refused:
        parse(text)
    assert "geheim" not in refused.value.show("en") + refused.value.show("zh")


@pytest.mark.parametrize(
    "text", ["", "ledger.sqlite", "mysql://db/x", "host=db dbname=x", "postgresql://[db/"]
)
def test_what_is_no_address_is_told(text: str) -> None:
    with pytest.raises(NotAnAddress, match="like postgresql://"):
        parse(text)

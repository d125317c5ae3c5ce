"""An inspection bundle: what is in it, and that no change goes unnoticed by the product's checker or by the one in the bundle."""

import ast
import base64
import importlib.util
import io
import json
import subprocess
import sys
import zipfile
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from hashlib import sha256
from pathlib import Path
from types import ModuleType

import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.usecases.test_judge import spoilt
from tests.worlds import Event, record, workspace

from suyuan.ledger import note
from suyuan.ledger.merkle import leaf_hash
from suyuan.ledger.note import Signer
from suyuan.render import bundle as zip_
from suyuan.store import keys
from suyuan.store.ledger_port import NoSuchEntry
from suyuan.usecases import bundle, bundle_check, cases
from suyuan.usecases.bundle import Asked, NothingToProve, NotSequenceNumbers
from suyuan.usecases.cases import UnknownCase
from suyuan.usecases.judge import findings
from suyuan.usecases.trace import NotOnRecord
from suyuan.usecases.workspace import Workspace

DAY = date(2026, 5, 31)
CHECKER = Path(zip_.__file__).parent / "check_bundle.py"
Members = dict[str, bytes]


def loaded(path: Path = CHECKER) -> ModuleType:
    """check.py, as a stranger would load it."""
    spec = importlib.util.spec_from_file_location("check_py", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


CHECK_PY = loaded()


def long_event() -> Event:
    """One that does not fit into a leaf: its body stands aside."""
    return {
        "@context": spoilt(1, 1)[0]["@context"], "type": "ObjectEvent", "eventTime": "2026-05-01T08:00:00+08:00", "eventTimeZoneOffset": "+08:00", "action": "OBSERVE",
        "epcList": [f"https://w3id.org/suyuan/obj/9B1PE050000001G51{n:07}" for n in range(1500)],
    }  # fmt: skip


@dataclass(frozen=True, repr=False)
class World:
    """A workspace, one bundle of it, and the key that signed."""

    space: Workspace
    zip: bytes
    members: Members
    key: Signer


@pytest.fixture(scope="module")
def there(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    with workspace(tmp_path_factory.mktemp("bundle") / "ws") as space:
        record(space, spoilt(1, 30))
        record(space, [long_event()])
        numbers = [0, 1, 7, 100, space.ledger.size - 1]
        made = bundle.make(space, Asked(entries=numbers, day=DAY), "zh")
        yield World(space, made.data, unzipped(made.data), keys.private_key(space.directory))


def unzipped(data: bytes) -> Members:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return {info.filename: archive.read(info) for info in archive.infolist()}


def by_product(members: Mapping[str, bytes], key: str = "") -> tuple[str, str] | None:
    """None where all agrees; else the kind of the first fault, and which file."""
    try:
        bundle_check.check(members, key)
    except bundle_check.DoesNotAgree as wrong:
        return wrong.kind, wrong.which
    return None


def by_check_py(members: Mapping[str, bytes], key: str = "") -> tuple[str, str] | None:
    try:
        CHECK_PY.check(dict(members), key)
    except CHECK_PY.Wrong as wrong:
        return wrong.kind, wrong.which
    return None


def found(members: Mapping[str, bytes], key: str = "") -> tuple[str, str] | None:
    """What both say; that they say the same is part of every test here."""
    one, other = by_product(members, key), by_check_py(members, key)
    assert one == other
    return one


def resigned(members: Mapping[str, bytes], key: Signer) -> Members:
    """The files under a new manifest, signed by whoever has `key`."""
    files = {name: data for name, data in members.items() if name not in (zip_.NOTE, zip_.MANIFEST)}
    return unzipped(zip_.packed(files, {}, lambda text: note.sign(text, key).show()))


# -- what is in it ---------------------------------------------------------------------------------------


def test_a_bundle_is_whole_and_both_checkers_say_so(there: World) -> None:
    assert found(there.members) is None
    assert found(there.members, there.space.public_key.show()) is None
    said = bundle_check.check(there.members)
    assert (said.entries, said.size, said.day) == (5, there.space.ledger.size, "2026-05-31")
    assert said.origin == there.space.config.origin
    assert tuple(CHECK_PY.check(dict(there.members))) == (
        said.origin,
        said.size,
        said.entries,
        said.files,
        said.day,
        said.key,
    )


def test_entries_are_the_bytes_that_the_ledger_hashed_and_long_bodies_stand_beside(there: World) -> None:
    lines = there.members[zip_.ENTRIES].splitlines()
    numbers = json.loads(there.members[zip_.PROOF])["entries"]
    assert numbers == [0, 1, 7, 100, there.space.ledger.size - 1]
    for seq, line in zip(numbers, lines, strict=True):
        assert line == there.space.ledger.receipt(seq).entry
    aside = json.loads(lines[-1])["body_sha256"]
    assert sha256(there.members[f"bodies/{aside}.json"]).hexdigest() == aside


def test_the_same_question_gives_the_same_bytes(there: World) -> None:
    assert (
        bundle.make(
            there.space, Asked(entries=[100, 7, 7, 1, 0, there.space.ledger.size - 1], day=DAY), "zh"
        ).data
        == there.zip
    )
    with zipfile.ZipFile(io.BytesIO(there.zip)) as archive:
        assert {info.date_time for info in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}
        assert archive.namelist()[:4] == [zip_.NOTE, zip_.MANIFEST, zip_.README, zip_.CHECK]


def test_the_bundle_of_a_party_names_its_findings_and_proves_every_entry_behind_them(there: World) -> None:
    rows = findings(there.space, day=DAY, severity="note", lang="en").rows
    party = max(
        {row["party"] for row in rows if row["party"]}, key=lambda p: sum(row["party"] == p for row in rows)
    )
    mine = [row for row in rows if row["party"] == party]
    members = unzipped(bundle.make(there.space, Asked(party=party, day=DAY), "en").data)
    assert found(members, there.space.public_key.show()) is None
    behind = {seq for row in mine for seq in row["entries"]}
    assert behind <= set(json.loads(members[zip_.PROOF])["entries"])
    report = json.loads(members[zip_.REPORT])
    told = report["sections"][0]["tables"][0]["rows"]
    assert [row["found"]["value"] for row in told] == [row["sentence"] for row in mine]
    decided = {row["row"] for row in mine if row["row"]}
    law = {row["row"]: row for row in json.loads(members[zip_.LAW])}
    assert set(law) == decided
    assert all(row["values"] and row["cites"] for row in law.values())


def test_bundles_of_a_case_and_of_an_item(there: World) -> None:
    rows = findings(there.space, day=DAY, severity="note").rows
    item = next(row["subject"] for row in rows if len(row["subject"]) == 24)
    for asked in (Asked(case=rows[0]["case"], day=DAY), Asked(item=item, day=DAY)):
        members = unzipped(bundle.make(there.space, asked, "zh").data)
        assert found(members) is None
        assert members["report.pdf"].startswith(b"%PDF")
    assert item in json.loads(members[zip_.REPORT])["sections"][0]["title"]


def test_what_was_said_of_a_case_is_in_its_bundle(tmp_path: Path) -> None:
    with workspace(tmp_path / "ws") as space:
        record(space, spoilt(1, 40))
        case = cases.listed(space, day=DAY)[0]["case_id"]
        cases.decide(space, case, state="dismissed", reason="the label was read again", day=DAY)
        members = unzipped(bundle.make(space, Asked(case=case, day=DAY), "en").data)
    assert found(members) is None
    assert b"the label was read again" in members[zip_.REPORT]
    assert b"the label was read again" in members[zip_.ENTRIES]


def test_documents_are_named_with_digest_and_who_submitted_them(there: World) -> None:
    listed = json.loads(there.members[zip_.DOCUMENTS])
    assert {each["digest"] for each in listed} == {
        json.loads(line)["document"] for line in there.members[zip_.ENTRIES].splitlines()
    }
    for each in listed:
        assert sha256(there.space.ledger.read_document(each["digest"]).read()).hexdigest() == each["digest"]


def test_what_cannot_be_made_says_why(there: World, tmp_path: Path) -> None:
    with pytest.raises(UnknownCase):
        bundle.make(there.space, Asked(case="none"), "zh")
    with pytest.raises(NotOnRecord):
        bundle.make(there.space, Asked(item="9B1PE050000001G519999999"), "zh")
    with pytest.raises(NoSuchEntry):
        bundle.make(there.space, Asked(entries=[10**9]), "zh")
    with pytest.raises(NoSuchEntry):
        bundle.make(there.space, Asked(entries=[-1]), "zh")
    with pytest.raises(NothingToProve):
        bundle.make(there.space, Asked(party="91330000MA27XL0B4X", day=DAY), "zh")
    (tmp_path / "e").write_text("1\nx\n")
    with pytest.raises(NotSequenceNumbers):
        bundle.sequence_numbers(tmp_path / "e")
    for text in ("3\n1\n3\n", "[1, 3]", "1, 3"):
        (tmp_path / "e").write_text(text)
        assert bundle.sequence_numbers(tmp_path / "e") == [1, 3]


# -- no change goes unnoticed ------------------------------------------------------------------------------


def small(there: World) -> Members:
    """A bundle that differs from a real one in the size of its renderings alone."""
    whole = unzipped(bundle.make(there.space, Asked(entries=[1, 7], day=DAY), "zh").data)
    thin = {"report.pdf": b"%PDF-1.7 a page", "report.xlsx": b"PK a sheet", zip_.CHECK: b"print()\n"}
    return resigned({**whole, **thin}, there.key)


def test_every_byte_of_every_file_counts(there: World) -> None:
    members = small(there)
    assert found(members) is None
    for name, data in members.items():
        for at in range(len(data)):
            changed = data[:at] + bytes([data[at] ^ (1 << at % 8)]) + data[at + 1 :]
            wrong = found({**members, name: changed})
            assert wrong is not None, f"byte {at} of {name}"


def test_bytes_of_a_real_bundle_count_wherever_they_are_tried(there: World) -> None:
    for name, data in there.members.items():
        for at in range(0, len(data), max(1, len(data) // 25)):
            changed = data[:at] + bytes([data[at] ^ 0xFF]) + data[at + 1 :]
            assert found({**there.members, name: changed}) is not None, f"byte {at} of {name}"


def test_bytes_of_the_zip_itself_are_told_or_make_no_difference(there: World, tmp_path: Path) -> None:
    path = tmp_path / "b.zip"
    for at in range(0, len(there.zip), 211):
        path.write_bytes(there.zip[:at] + bytes([there.zip[at] ^ 0x41]) + there.zip[at + 1 :])
        ends: list[tuple[str, str] | None] = []
        for members_of, check, wrongs in (
            (bundle_check.members_of, by_product, bundle_check.DoesNotAgree),
            (lambda p: CHECK_PY.members_of(str(p)), by_check_py, CHECK_PY.Wrong),
        ):
            try:
                members = members_of(path)
            except wrongs as wrong:
                ends.append((wrong.kind, wrong.which))
                continue
            ends.append(check(members))
            if ends[-1] is None:
                assert members == there.members
        assert ends[0] == ends[1]


def test_a_file_taken_out_put_in_or_exchanged_is_named(there: World) -> None:
    for name in there.members:
        left = {each: data for each, data in there.members.items() if each != name}
        expected = {zip_.KEY: "key", zip_.NOTE: "signature", zip_.MANIFEST: "manifest"}.get(name, "missing")
        assert found(left) == (expected, name)
    assert found({**there.members, "more.txt": b""}) == ("extra", "more.txt")
    swapped = {
        **there.members,
        zip_.LAW: there.members[zip_.DOCUMENTS],
        zip_.DOCUMENTS: there.members[zip_.LAW],
    }
    assert found(swapped) == ("file", zip_.DOCUMENTS)


def test_a_name_that_stands_in_the_zip_twice_is_refused(there: World, tmp_path: Path) -> None:
    path = tmp_path / "twice.zip"
    path.write_bytes(there.zip)
    with zipfile.ZipFile(path, "a") as archive, pytest.warns(UserWarning, match="Duplicate"):
        archive.writestr(zip_.REPORT, b"{}")
    with pytest.raises(bundle_check.DoesNotAgree) as product:
        bundle_check.members_of(path)
    with pytest.raises(CHECK_PY.Wrong) as other:
        CHECK_PY.members_of(str(path))
    assert (
        (product.value.kind, product.value.which)
        == (other.value.kind, other.value.which)
        == ("zip", zip_.REPORT)
    )


def test_a_file_that_would_fill_the_memory_or_is_no_zip_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bundle_check, "UNPACKED_MOST", 1 << 20)
    monkeypatch.setattr(CHECK_PY, "UNPACKED_MOST", 1 << 20)
    trap, text, gone = tmp_path / "trap.zip", tmp_path / "text.zip", tmp_path / "gone.zip"
    trap.write_bytes(zip_.zipped({"a": bytes(2 << 20)}))
    text.write_bytes(b"no zip")
    for path in (trap, text, gone):
        with pytest.raises(bundle_check.DoesNotAgree) as product:
            bundle_check.members_of(path)
        with pytest.raises(CHECK_PY.Wrong) as other:
            CHECK_PY.members_of(str(path))
        assert (
            (product.value.kind, product.value.which)
            == (other.value.kind, other.value.which)
            == ("zip", path.name)
        )


def without_an_entry(members: Mapping[str, bytes], *, told: bool) -> Members:
    """The last but one entry left out; `told`: of the proof's numbers, too."""
    lines = members[zip_.ENTRIES].splitlines(keepends=True)
    proof = json.loads(members[zip_.PROOF])
    if told:
        proof["entries"].pop(-2)
    return {
        **members,
        zip_.ENTRIES: b"".join((*lines[:-2], lines[-1])),
        zip_.PROOF: json.dumps(proof).encode(),
    }


def rewritten(members: Mapping[str, bytes]) -> Members:
    """A manifest that fits the files, under the signature of the old one."""
    files = {name: data for name, data in members.items() if name not in (zip_.NOTE, zip_.MANIFEST)}
    listed = [{"name": n, "size": len(d), "sha256": sha256(d).hexdigest()} for n, d in files.items()]
    return {**members, zip_.MANIFEST: json.dumps({"format": zip_.FORMAT, "files": listed}).encode()}


@pytest.mark.parametrize("told", [True, False])
def test_an_entry_left_out_is_found_whatever_else_is_made_to_fit(there: World, told: bool) -> None:
    spoiled = without_an_entry(there.members, told=told)
    assert found(spoiled) == ("file", zip_.ENTRIES)
    assert found(rewritten(spoiled)) == ("manifest", zip_.MANIFEST)
    assert found(resigned(spoiled, there.key)) == ("proof", zip_.PROOF)  # not even who holds the key


def test_an_entry_that_was_never_recorded_cannot_be_slipped_in_by_who_holds_the_key(there: World) -> None:
    data = there.members[zip_.ENTRIES]
    forged = data.replace(b'"place":"line 1"', b'"place":"line 3"', 1)
    assert forged != data
    assert found(resigned({**there.members, zip_.ENTRIES: forged}, there.key)) == ("proof", zip_.PROOF)


def test_who_has_another_key_is_found_out_by_the_key_that_was_handed_over(there: World) -> None:
    other = Signer.from_seed(there.space.config.origin, bytes(32))
    forged = resigned({**there.members, zip_.KEY: other.verifier().show().encode()}, other)
    assert found(forged) == ("checkpoint", zip_.CHECKPOINT)
    head = note.parse(there.members[zip_.CHECKPOINT].decode()).text
    forged = resigned({**forged, zip_.CHECKPOINT: note.sign(head, other).show().encode()}, other)
    assert found(forged) is None  # whole, but whose?
    assert found(forged, there.space.public_key.show()) == ("key", zip_.KEY)


def test_the_checkpoint_of_another_log_and_a_lowered_size_are_found(there: World, tmp_path: Path) -> None:
    with workspace(tmp_path / "other") as space:
        record(space, spoilt(2, 3))
        foreign = space.ledger.checkpoint_note().encode()
    assert found(resigned({**there.members, zip_.CHECKPOINT: foreign}, there.key)) == (
        "checkpoint",
        zip_.CHECKPOINT,
    )
    size = there.space.ledger.size
    lower = there.members[zip_.CHECKPOINT].replace(f"\n{size}\n".encode(), f"\n{size - 1}\n".encode())
    assert found(resigned({**there.members, zip_.CHECKPOINT: lower}, there.key)) == (
        "checkpoint",
        zip_.CHECKPOINT,
    )
    proof = json.loads(there.members[zip_.PROOF])
    lowered = {**there.members, zip_.PROOF: json.dumps({**proof, "size": size - 1}).encode()}
    assert found(resigned(lowered, there.key)) == ("proof", zip_.PROOF)
    with workspace(there.space.directory) as again:  # an earlier checkpoint of the same log, rightly signed
        earlier = again.ledger.checkpoint_note(size - 1).encode()
    assert found(resigned({**there.members, zip_.CHECKPOINT: earlier}, there.key)) == ("proof", zip_.PROOF)


def test_a_report_of_another_state_or_with_entries_that_are_not_here_is_found(there: World) -> None:
    report = json.loads(there.members[zip_.REPORT])
    for change in (
        {"entries": [*report["entries"], 3]},
        {"law": ["storage-limit/collecting@2019-11-07"]},
        {"made_from": {**report["made_from"], "entries": report["made_from"]["entries"] - 1}},
        {"made_from": {**report["made_from"], "root": base64.b64encode(leaf_hash(b"x")).decode()}},
        {"made_from": {**report["made_from"], "origin": "example.org/other"}},
    ):
        spoiled = {**there.members, zip_.REPORT: json.dumps({**report, **change}).encode()}
        assert found(resigned(spoiled, there.key)) == ("report", zip_.REPORT)


def test_a_document_or_a_body_that_is_not_the_one_is_found(there: World) -> None:
    listed = json.loads(there.members[zip_.DOCUMENTS])
    gone = {**there.members, zip_.DOCUMENTS: json.dumps(listed[1:]).encode()}
    assert (found(resigned(gone, there.key)) or ("", ""))[0] == "document"
    other_party = [{**each, "party": "91610100TEB000010E"} for each in listed]
    spoiled = {**there.members, zip_.DOCUMENTS: json.dumps(other_party).encode()}
    assert (found(resigned(spoiled, there.key)) or ("", ""))[0] == "document"
    body = next(name for name in there.members if name.startswith("bodies/"))
    spoiled = {**there.members, body: b"{}"}
    assert (found(resigned(spoiled, there.key)) or ("", ""))[0] == "body"
    spoiled = {name: data for name, data in there.members.items() if name != body}
    assert (found(resigned(spoiled, there.key)) or ("", ""))[0] == "body"


junk = st.one_of(
    st.binary(max_size=40),
    st.recursive(
        st.none() | st.booleans() | st.integers(-3, 600) | st.text(max_size=5),
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["entries", "hashes", "size", "digest", "party", "row", "law", "made_from", "x"]), inner, max_size=4),
        max_leaves=8,
    ).map(lambda value: json.dumps(value).encode()),
)  # fmt: skip


@settings(max_examples=120, deadline=None)
@given(
    st.sampled_from(
        [
            zip_.PROOF,
            zip_.ENTRIES,
            zip_.DOCUMENTS,
            zip_.LAW,
            zip_.REPORT,
            zip_.CHECKPOINT,
            zip_.KEY,
            zip_.NOTE,
            zip_.MANIFEST,
        ]
    ),
    junk,
)
def test_whatever_a_file_holds_neither_checker_falls_over(there: World, name: str, data: bytes) -> None:
    spoiled = {**there.members, name: data}
    if name not in (zip_.NOTE, zip_.MANIFEST, zip_.KEY):
        spoiled = resigned(spoiled, there.key)
    one, other = by_product(spoiled), by_check_py(spoiled)
    assert (one is None) == (other is None)


# -- check.py stands alone ---------------------------------------------------------------------------------


def test_check_py_imports_the_standard_library_alone() -> None:
    tree = ast.parse(CHECKER.read_text("utf-8"))
    named = {
        alias.name.partition(".")[0]
        for each in ast.walk(tree)
        if isinstance(each, ast.Import)
        for alias in each.names
    }
    named |= {
        (each.module or "").partition(".")[0] for each in ast.walk(tree) if isinstance(each, ast.ImportFrom)
    }
    assert named <= sys.stdlib_module_names
    assert not any(isinstance(each, ast.ImportFrom) and each.level for each in ast.walk(tree))
    calls = {
        each.func.id
        for each in ast.walk(tree)
        if isinstance(each, ast.Call) and isinstance(each.func, ast.Name)
    }
    assert not calls & {"__import__", "eval", "exec", "compile"}
    assert "importlib" not in named
    ast.parse(CHECKER.read_text("utf-8"), feature_version=(3, 8))


def test_the_checker_in_the_bundle_runs_alone_and_says_in_both_languages_how_it_went(
    there: World, tmp_path: Path
) -> None:
    assert there.members[zip_.CHECK] == CHECKER.read_bytes()
    (tmp_path / "check.py").write_bytes(there.members[zip_.CHECK])
    (tmp_path / "b.zip").write_bytes(there.zip)
    (tmp_path / "key").write_text(there.space.public_key.show())

    def ran(*words: str) -> tuple[int, str]:
        # -I -S: no site-packages, nothing of this project
        done = subprocess.run(
            [sys.executable, "-I", "-S", "check.py", *words], cwd=tmp_path, capture_output=True, check=False
        )
        return done.returncode, done.stdout.decode()

    code, told = ran("b.zip", "--key", "key")
    assert (code, "一致：" in told, "agrees: " in told) == (0, True, True)
    code, told = ran("b.zip")
    assert (code, "compare it with the keeper's" in told) == (0, True)
    (tmp_path / "b.zip").write_bytes(zip_.zipped({**there.members, zip_.REPORT: b"{}"}))
    code, told = ran("b.zip")
    assert (code, "不一致：" in told, "[file]" in told, zip_.REPORT in told) == (1, True, True, True)


signing: Callable[[bytes], Ed25519PrivateKey] = Ed25519PrivateKey.from_private_bytes


@settings(max_examples=40, deadline=None)
@given(st.binary(min_size=32, max_size=32), st.binary(max_size=200), st.integers(0, 96 * 8 - 1))
def test_signatures_are_judged_as_the_library_judges_them(seed: bytes, message: bytes, bit: int) -> None:
    private = signing(seed)
    public, signature = private.public_key().public_bytes_raw(), private.sign(message)
    assert CHECK_PY.signed(public, message, signature)
    both = bytearray(public + signature)
    both[bit // 8] ^= 1 << bit % 8
    assert CHECK_PY.signed(bytes(both[:32]), message, bytes(both[32:])) == _library(
        bytes(both[:32]), message, bytes(both[32:])
    )
    assert not CHECK_PY.signed(public, message + b"!", signature)


def _library(public: bytes, message: bytes, signature: bytes) -> bool:
    try:
        Ed25519PublicKey.from_public_bytes(public).verify(signature, message)
    except InvalidSignature:
        return False
    return True


def test_a_signature_with_a_scalar_beyond_the_order_is_refused() -> None:
    private = signing(bytes(32))
    public, signature = private.public_key().public_bytes_raw(), private.sign(b"m")
    s = int.from_bytes(signature[32:], "little") + CHECK_PY.L
    assert not CHECK_PY.signed(public, b"m", signature[:32] + s.to_bytes(32, "little"))

"""Signed notes: the example of their first implementation, and everything that is no note."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from suyuan.ledger import note
from suyuan.ledger.note import COSIGNATURE, NotAKey, NotANote, Note, Signer

# golang.org/x/mod/sumdb/note, package example
SECRET = "PRIVATE+KEY+PeterNeumann+c74f20a3+AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz"
PUBLIC = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
TEXT = "If you think cryptography is the answer to your problem,\nthen you don't know what your problem is.\n"
LINE = "— PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n"
WHOLE = TEXT + "\n" + LINE

KEY = Signer.from_seed("example.org/log", bytes(32))
OTHER = Signer.from_seed("example.org/log", bytes(31) + b"1")


def test_the_published_example_is_signed_and_verified() -> None:
    peter = note.signer(SECRET)
    assert peter.secret() == SECRET
    assert peter.verifier().show() == PUBLIC
    assert note.sign(TEXT, peter).show() == WHOLE
    assert note.verifier(PUBLIC).signed(note.parse(WHOLE))


TEXTS = st.text(st.characters(exclude_characters=[chr(n) for n in range(32)], exclude_categories=["Cs"])).map(
    lambda text: text + "\n"
)


@given(TEXTS)
def test_a_note_reads_back_as_it_was_signed(text: str) -> None:
    signed = note.sign(text, KEY)
    assert note.parse(signed.show()) == signed
    assert KEY.verifier().signed(signed)
    assert not OTHER.verifier().signed(signed)


@given(st.integers(0, 8 * len(WHOLE.encode()) - 1))
def test_a_changed_bit_is_no_note_or_not_signed(bit: int) -> None:
    data = bytearray(WHOLE.encode())
    data[bit // 8] ^= 1 << bit % 8
    try:
        changed = note.parse(data.decode())
    except (NotANote, UnicodeDecodeError):
        return
    assert not note.verifier(PUBLIC).signed(changed)


def test_several_keys_sign_one_text() -> None:
    signed = note.add_signature(note.sign("text\n", KEY), OTHER)
    assert [key.verifier().signed(signed) for key in (KEY, OTHER)] == [True, True]
    spoilt = Note("other\n", signed.signatures)
    assert [key.verifier().signed(spoilt) for key in (KEY, OTHER)] == [False, False]


def test_of_two_signatures_under_one_key_both_must_hold() -> None:
    right, wrong = note.sign("text\n", KEY), note.sign("other\n", KEY)
    assert not KEY.verifier().signed(Note("text\n", (*right.signatures, *wrong.signatures)))
    assert not KEY.verifier().signed(Note("text\n", ()))


def test_a_witness_says_when_it_saw_the_note() -> None:
    witness = Signer.from_seed("witness.example", b"w" * 32)
    seen = note.cosign(note.sign("text\n", KEY), witness, 1_777_600_000)
    key = witness.verifier(COSIGNATURE)
    assert key.signed(note.parse(seen.show()))
    assert note.verifier(key.show()) == key
    assert not witness.verifier().signed(seen), "a cosignature is no signature of the log"
    earlier = seen.signatures[1].value
    forged = note.Signature("witness.example", key.key_id, bytes(8) + earlier[8:])
    assert not key.signed(Note(seen.text, (forged,)))
    assert not key.signed(Note(seen.text, (note.Signature("witness.example", key.key_id, b"short"),)))


@pytest.mark.parametrize(
    "text",
    [
        "",
        "text\n",
        "text\n\n",
        TEXT + LINE,
        WHOLE.rstrip("\n"),
        TEXT + "\n" + LINE.replace("—", "-"),
        TEXT + "\n" + LINE.replace("x08go/", "x08go*"),
        TEXT + "\n— PeterNeumann x08go_ZJ\n",
        TEXT + "\n— Peter Neumann AAAAAAAA\n",
        TEXT + "\n— a+b AAAAAAAA\n",
        "te\txt\n\n" + LINE,
        TEXT + "\n" + LINE * 65,
        TEXT + "\n" + LINE + "\n",
    ],
)
def test_what_is_no_note_is_refused(text: str) -> None:
    with pytest.raises(NotANote):
        note.parse(text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "name",
        PUBLIC.replace("c74f20a3", "c74f20a4"),
        PUBLIC.replace("Peter", "Paul"),
        PUBLIC[:-4],
        PUBLIC.replace("+ARpc", "+ARpd"),
        SECRET.removeprefix("PRIVATE+KEY+"),
    ],
)
def test_what_is_no_public_key_is_refused(text: str) -> None:
    with pytest.raises(NotAKey):
        note.verifier(text)


@pytest.mark.parametrize("text", ["", PUBLIC, SECRET.replace("c74f20a3", "c74f20a4"), SECRET[:-4]])
def test_what_is_no_private_key_is_refused_without_being_shown(text: str) -> None:
    with pytest.raises(NotAKey) as raised:
        note.signer(text)
    assert "AYEKFALV" not in str(raised.value)


@pytest.mark.parametrize("name", ["", "two words", "a+b", "line\n"])
def test_a_name_that_cannot_stand_in_a_note_is_refused(name: str) -> None:
    with pytest.raises(NotAKey):
        Signer.generate(name)


def test_a_private_key_is_not_shown_by_accident() -> None:
    assert KEY.secret() not in repr(KEY)
    assert KEY.secret() not in str(KEY)

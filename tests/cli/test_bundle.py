"""`suyuan bundle`: made and checked as a person does it."""

import zipfile
from pathlib import Path

import pytest
from tests.cli.conftest import Suyuan

OUT = "b.zip"


def test_a_bundle_of_entries_is_made_and_checked_without_the_workspace(
    suyuan: Suyuan, lived: Path, tmp_path: Path
) -> None:
    (tmp_path / "entries.txt").write_text("0\n2\n")
    made = suyuan(
        "-w", "w", "bundle", "make", "--entries", "entries.txt", "--out", OUT, "--day", "2026-05-31"
    )
    assert made.code == 0, made.err
    assert "2 entries of 1 documents" in made.out
    key = tmp_path / "w" / "ledger.pub"
    checked = suyuan("bundle", "check", OUT, "--key", key)
    assert (checked.code, checked.out.startswith("agrees: 11 files; 2 entries")) == (0, True)
    assert suyuan("bundle", "check", OUT, "--key", key.read_text().strip()).code == 0
    unsure = suyuan("bundle", "check", OUT)
    assert (unsure.code, "compare it with the keeper's" in unsure.out) == (0, True)


def test_what_does_not_agree_ends_with_three_and_a_sentence_in_the_language_asked_for(
    suyuan: Suyuan, lived: Path, tmp_path: Path
) -> None:
    (tmp_path / "entries.txt").write_text("1\n")
    assert suyuan("-w", "w", "bundle", "make", "--entries", "entries.txt", "--out", OUT).code == 0
    with zipfile.ZipFile(tmp_path / OUT, "a") as archive:
        archive.writestr("more.txt", "more")
    for lang, text in (
        ("en", "does not agree: more.txt is not in the manifest"),
        ("zh", "不一致：more.txt 不在清单中"),
    ):
        told = suyuan("bundle", "check", OUT, "--lang", lang)
        assert (told.code, told.out.strip()) == (3, text)


@pytest.mark.parametrize(
    ("words", "code", "told"),
    [
        ((), 2, "say what the bundle is about"),
        (("--party", "91610100TEB000010E", "--case", "x"), 2, "say what the bundle is about"),
        (("--party", "91610100TEB00001"), 2, "16 characters"),
        (("--entries", "none.txt"), 1, "none.txt should name entries"),
    ],
)
def test_a_question_that_cannot_be_answered_says_why(
    suyuan: Suyuan, lived: Path, words: tuple[str, ...], code: int, told: str
) -> None:
    done = suyuan("-w", "w", "bundle", "make", *words, "--out", OUT)
    assert (done.code, told in done.err) == (code, True), done.err


def test_a_bundle_that_cannot_be_written_says_where(suyuan: Suyuan, lived: Path, tmp_path: Path) -> None:
    (tmp_path / "entries.txt").write_text("1\n")
    done = suyuan("-w", "w", "bundle", "make", "--entries", "entries.txt", "--out", "none/b.zip")
    assert (done.code, "cannot write none/b.zip" in done.err) == (1, True)

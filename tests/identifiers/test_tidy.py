"""Undoing what people, scanners and spreadsheets do to codes."""

from hypothesis import given
from hypothesis import strategies as st

from suyuan.identifiers.tidy import DONE, PLAIN, tidy


@given(st.text())
def test_tidying_twice_is_tidying_once_and_everything_done_has_a_sentence(text: str) -> None:
    once = tidy(text)
    assert tidy(once.text).text == once.text
    assert set(once.done) <= set(DONE)
    assert bool(once.done) == (once.text != text)


@given(st.from_regex(PLAIN, fullmatch=True))
def test_a_plain_code_is_left_alone(text: str) -> None:
    assert tidy(text).text == text
    assert tidy(text).done == ()


def test_letters_outside_the_alphabet_are_not_turned_into_letters_of_the_code() -> None:
    assert tidy("ßı²").text == "ßı2"
    assert tidy("Ａ１").text == "A1"

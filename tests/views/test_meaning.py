"""The words that views answer with are the words of the standards and of the screens."""

from suyuan.standards.tables import table
from suyuan.views.meaning import MEANINGS, OTHER_STEPS, standard_step
from suyuan.views.states import STATES


def test_every_step_is_one_of_the_standards_or_says_that_it_is_none() -> None:
    known = {row.key for row in table("lifecycle-step").rows}
    told = {meaning.step: standard_step(meaning.step) for meaning in MEANINGS}
    assert {step for step, standard in told.items() if standard is None} == set(OTHER_STEPS)
    # a declaration is no happening of its own: `effective.voided` tells it
    assert known - set(told.values()) == {"declared-wrong"}
    assert set(told.values()) - known == {None}


def test_every_state_has_its_words_in_both_languages() -> None:
    told = {meaning.state for meaning in MEANINGS if meaning.state}
    # what no event says of the thing itself: custody.fates
    assert told | {"missing", "consumed"} == set(STATES)

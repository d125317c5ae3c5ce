"""Elements of a long list are cut out of a document exactly as a reader of the whole would find them."""

import json
from io import BytesIO

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from suyuan.capture import elements
from suyuan.capture.elements import CutOff, NoSuchList, Walk

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(alphabet='ab"\\{}[],:小\n', max_size=6),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text('k"\\{[', max_size=3), inner, max_size=3)
    ),
    max_leaves=8,
)


@settings(max_examples=150, deadline=None)
@given(
    items=st.lists(JSON, max_size=8), around=JSON, indent=st.sampled_from([None, 1]), step=st.integers(1, 40)
)
def test_what_is_cut_out_and_what_is_left_make_up_the_document(
    items: list[object], around: object, indent: int | None, step: int
) -> None:
    document = {"first": around, "body": {"before": around, "list": items, "after": around}, "last": around}
    text = json.dumps(document, indent=indent, ensure_ascii=False).encode()
    read, elements.READ = elements.READ, step
    try:
        walk = Walk(BytesIO(text), [("body", "list")])
        found = [json.loads(each) for batch in walk.elements() for each in batch.elements]
    finally:
        elements.READ = read
    assert found == items
    assert json.loads(walk.frame) == document | {"body": document["body"] | {"list": []}}  # type: ignore[operator]  # a body is an object here
    assert walk.end <= len(text)


def test_a_list_that_is_the_document_itself_can_be_walked() -> None:
    walk = Walk(BytesIO(b" [1, [2]] "), [()])
    assert [each for batch in walk.elements() for each in batch.elements] == [b"1", b"[2]"]
    assert walk.frame == b" [] "


@pytest.mark.parametrize("cut", [1, 5, 12, 30])
def test_a_document_that_was_cut_off_is_told_with_the_byte(cut: int) -> None:
    text = b'{"list": [{"a": "]"}, {"b": [1, 2, 3]}]}'
    walk = Walk(BytesIO(text[:-cut]), [("list",)])
    if cut == 1:
        list(walk.elements())
        assert walk.frame == b'{"list": []'  # the reader of the frame will tell
    else:
        with pytest.raises(CutOff, match=f"at byte {len(text) - cut} "):
            list(walk.elements())


def test_a_forgotten_element_is_not_passed_over_in_silence() -> None:
    walk = Walk(BytesIO(b'{"list": [1,, 2,]}'), [("list",)])
    assert [each for batch in walk.elements() for each in batch.elements] == [b"1", b"", b"2", b""]


def test_a_document_without_the_list_is_told() -> None:
    with pytest.raises(NoSuchList, match=r"epcisBody\.eventList"):
        Walk(BytesIO(b'{"epcisBody": {"events": []}}'), [("epcisBody", "eventList")])

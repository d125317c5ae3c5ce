"""Own words: the table is whole, and the outputs are those of the table."""

import re
from html.parser import HTMLParser
from pathlib import Path

import pytest

from suyuan.events import vocabulary
from suyuan.events.names import Names
from suyuan.events.uris import CONTEXT_URL

REFERENCE = Path(__file__).resolve().parents[2] / "docs" / "reference"


@pytest.mark.parametrize("name", sorted(vocabulary.files()))
def test_the_committed_output_is_that_of_the_table(name: str) -> None:
    committed = (REFERENCE / name).read_text("utf-8")
    assert committed == vocabulary.files()[name], "run: python -m suyuan.events.vocabulary docs/reference"


def test_every_word_stands_once_and_has_label_and_meaning_in_both_languages() -> None:
    names = [word.name for word in vocabulary.words()]
    assert len(names) == len(set(names))
    for word in vocabulary.words():
        assert all((word.label.zh, word.label.en, word.meaning.zh, word.meaning.en)), word.name


def test_every_field_says_what_value_it_takes() -> None:
    fields = [word for word in vocabulary.words() if word.kind in ("field", "ilmd", "attribute")]
    assert [word.name for word in fields if not word.value] == []


def test_a_unit_in_the_name_is_the_unit_of_the_word() -> None:
    units = {"kg": "KGM", "kWh": "KWH", "Ah": "AMH", "V": "VLT", "percent": "P1", "months": "MON"}
    named = {word.name: word.unit for word in vocabulary.words() if word.name.partition("_")[2] in units}
    assert named == {name: units[name.partition("_")[2]] for name in named}


def test_what_the_context_binds_is_what_names_know() -> None:
    names = Names.of(CONTEXT_URL)
    for word in vocabulary.words():
        assert names.expand(word.short) == word.uri
        assert names.word(word.uri) == word.short
    bound = vocabulary.context()["@context"]
    assert {uri["@id"] for uri in bound.values() if isinstance(uri, dict)} <= {
        w.uri for w in vocabulary.words()
    }


class _Ids(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.ids: list[str] = []
        self.loaded: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = dict(attrs)
        if "id" in found:
            self.ids.append(found["id"] or "")
        self.loaded += [value for key, value in attrs if key in ("src", "href") and value]


def test_the_page_has_an_anchor_for_each_word_and_loads_nothing() -> None:
    parser = _Ids()
    parser.feed(vocabulary.page())
    assert parser.ids == [word.name for word in vocabulary.words()]
    assert parser.loaded == []
    assert not re.search(r"url\(|@import", vocabulary.page())

"""Names of a context: prefixes, standard words, own words."""

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from suyuan.events import cbv
from suyuan.events.names import STANDARD_CONTEXTS, Names
from suyuan.events.uris import CONTEXT_URL, NAMESPACE

STANDARD = "https://ref.gs1.org/standards/epcis/2.0.0/epcis-context.jsonld"


def _bound_words(context: Any) -> dict[str, str]:
    found: dict[str, str] = {}
    if isinstance(context, list):
        for part in context:
            found |= _bound_words(part)
    elif isinstance(context, dict):
        for term, value in context.items():
            if isinstance(value, str) and value.startswith(("cbv:", "gs1:")):
                found[term] = value.replace("cbv:", cbv.CBV).replace("gs1:", cbv.GS1)
            else:
                found |= _bound_words(value)
    return found


def test_the_standard_words_are_those_of_the_standard_context(conformance: Path) -> None:
    context = json.loads((conformance / "epcis" / "epcis-context.jsonld").read_bytes())["@context"]
    assert _bound_words(context) == cbv.URI_OF
    assert {prefix: context[prefix] for prefix in cbv.PREFIXES} == cbv.PREFIXES


def test_no_word_stands_in_two_lists() -> None:
    lists = (
        cbv.BIZ_STEPS, cbv.DISPOSITIONS, cbv.BIZ_TRANSACTION_TYPES, cbv.SOURCE_DEST_TYPES, cbv.ERROR_REASONS,
        cbv.COMPONENTS, cbv.MEASUREMENT_TYPES, cbv.SENSOR_ALERTS,
    )  # fmt: skip
    assert sum(len(words) for words in lists) == len(cbv.URI_OF)


@pytest.mark.parametrize(
    ("context", "term", "uri"),
    [
        (STANDARD, "shipping", "https://ref.gs1.org/cbv/BizStep-shipping"),
        (STANDARD, "gs1:Temperature", "https://gs1.org/voc/Temperature"),
        (STANDARD, "Temperature", "https://gs1.org/voc/Temperature"),
        (STANDARD, "urn:epcglobal:cbv:disp:active", "https://ref.gs1.org/cbv/Disp-active"),
        (STANDARD, "unheard", "unheard"),
        (STANDARD, "nobody:bound", "nobody:bound"),
        (STANDARD, "https://example.com/a", "https://example.com/a"),
        ({"ex": "https://example.com/"}, "ex:a", "https://example.com/a"),
        ({"ex": {"@id": "https://example.com/"}}, "ex:a", "https://example.com/a"),
        ([STANDARD, {"ex": "https://example.com/"}, {"ex": "https://later.example/"}], "ex:a", "https://later.example/a"),
        ({"ex": "https://example.com/", "deep": "ex:deep/"}, "deep:a", "https://example.com/deep/a"),
        ({"graded": "https://example.com/graded"}, "graded", "https://example.com/graded"),
        ({"ex": "https://example.com/"}, "ex://example.com/a", "ex://example.com/a"),
        ({"a": "b:x", "b": "a:y"}, "unheard", "unheard"),
        (CONTEXT_URL, "sy:swap", NAMESPACE + "swap"),
        ("https://unknown.example/context.jsonld", "x:a", "x:a"),
        (None, "x:a", "x:a"),
    ],
)  # fmt: skip
def test_a_name_is_expanded_by_its_context(context: Any, term: str, uri: str) -> None:
    assert Names.of(context).expand(term) == uri


@pytest.mark.parametrize("context", sorted(STANDARD_CONTEXTS))
def test_each_address_of_the_standard_context_is_known(context: str) -> None:
    assert Names.of(context).expand("cbv:Comp-x") == "https://ref.gs1.org/cbv/Comp-x"


@pytest.mark.parametrize(
    ("term", "word"),
    [
        ("mine:swap", "sy:swap"),
        (NAMESPACE + "swap", "sy:swap"),
        ("sy:swap", "sy:swap"),
        ("shipping", "shipping"),
        ("cbv:BizStep-shipping", "shipping"),
        ("https://ref.gs1.org/cbv/BizStep-shipping", "shipping"),
        ("urn:epcglobal:cbv:bizstep:shipping", "shipping"),
        ("https://gs1.org/voc/Mass", "Mass"),
        ("https://example.com/graded", "https://example.com/graded"),
    ],
)
def test_a_word_is_the_same_however_it_was_written(term: str, word: str) -> None:
    assert Names.of([STANDARD, {"mine": NAMESPACE, "sy": NAMESPACE}]).word(term) == word


def test_another_vocabulary_may_take_our_prefix() -> None:
    names = Names.of([STANDARD, {"sy": "https://syndicate.example/"}])
    assert names.word("sy:swap") == "https://syndicate.example/swap"


@pytest.mark.parametrize(
    ("term", "key"),
    [
        ("ex:a", "{https://example.com/epcis/}a"),
        ("https://example.com/epcis/a", "{https://example.com/epcis/}a"),
        ("https://w3id.org/suyuan/voc#swap", "{https://w3id.org/suyuan/voc#}swap"),
        ("stem:a", "{https://example.com/stem}a"),
        ("bare", "bare"),
        ("nobody:bound", "nobody:bound"),
        ("urn:example:voc:a", "{urn:example:voc:}a"),
    ],
)
def test_a_key_names_its_namespace(term: str, key: str) -> None:
    context = {"ex": "https://example.com/epcis/", "stem": "https://example.com/stem"}
    assert Names.of(context).key(term) == key


def test_equal_contexts_share_their_names() -> None:
    assert Names.of([STANDARD, {"a": "urn:a:"}]) is Names.of([STANDARD, {"a": "urn:a:"}])


@given(st.text(max_size=30))
def test_word_and_expand_settle_at_once(term: str) -> None:
    names = Names.of([STANDARD, {"sy": NAMESPACE}])
    assert names.expand(names.expand(term)) == names.expand(term)
    assert names.word(names.word(term)) == names.word(term)

"""Pages of the documentation hold together: links lead somewhere, nothing of one machine stands in them, generated ones are fresh."""

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest
from tests.docs.pages import ROOT, named, pages, was_printed

from suyuan.events.check import check_event

LINK = re.compile(r"(?<!`)!?\[[^\]]*\]\(([^)\s]+)\)")
FENCE = re.compile(r"^```.*?^```$", re.MULTILINE | re.DOTALL)
HEADING = re.compile(r"^#+ (.+)$", re.MULTILINE)
OF_ONE_MACHINE = re.compile(r"/(?:home|root|Users|work|tmp)/|localhost|127\.0\.0\.1")


def _anchors(page: Path) -> set[str]:
    """The anchors of a page's headings, as forges make them, and those that stand in it by name."""
    text = FENCE.sub("", page.read_text("utf-8"))
    heads = HEADING.findall(text)
    return {*re.findall(r'<a id="([^"]+)">', text)} | {
        re.sub(r"[^\w\- ]", "", head.strip().lower()).replace(" ", "-") for head in heads
    }


def _leads_nowhere(page: Path, link: str) -> bool:
    path, _, anchor = link.partition("#")
    target = (page.parent / path).resolve() if path else page
    return not target.exists() or bool(anchor and target.suffix == ".md" and anchor not in _anchors(target))


@pytest.mark.parametrize("page", pages(), ids=named)
def test_links_between_pages_lead_somewhere(page: Path) -> None:
    text = FENCE.sub("", page.read_text("utf-8"))
    inside = [link for link in LINK.findall(text) if not re.match(r"[a-z]+:", link)]
    assert [link for link in inside if _leads_nowhere(page, link)] == []


@pytest.mark.parametrize("page", pages(), ids=named)
def test_nothing_of_one_machine_stands_on_a_page(page: Path) -> None:
    assert OF_ONE_MACHINE.findall(page.read_text("utf-8")) == []


def test_every_page_under_docs_is_linked_from_another() -> None:
    linked = {
        (page.parent / link.partition("#")[0]).resolve()
        for page in pages()
        for link in LINK.findall(page.read_text("utf-8"))
        if not re.match(r"[a-z]+:", link)
    }
    assert [named(page) for page in pages() if "docs" in page.parts and page not in linked] == []


def _python(*words: str) -> tuple[int, str]:
    ran = subprocess.run([sys.executable, *words], cwd=ROOT, capture_output=True, text=True, check=False)
    return ran.returncode, ran.stdout + ran.stderr


def test_reference_pages_are_as_the_code_is() -> None:
    assert _python("-m", "tools.reference", "--check") == (0, "")


def test_examples_in_what_writes_them_hold() -> None:
    modules = "from tools.reference import findings, markdown"
    assert _python(
        "-c", f"import doctest; {modules}; doctest.testmod(findings); doctest.testmod(markdown)"
    ) == (0, "")


def test_pictures_are_light() -> None:
    heavy = [p.name for p in (ROOT / "docs" / "images").iterdir() if p.stat().st_size > 400_000]
    assert heavy == []


def test_a_shown_line_is_found_whatever_stands_for_its_dots() -> None:
    assert was_printed("│ packs.csv  │ … │ 5 │", "│ packs.csv │ recorded │ 5 │")
    assert not was_printed("│ packs.csv │ … │ 6 │", "│ packs.csv │ recorded │ 5 │")


@pytest.mark.parametrize(
    "page", [page for page in pages() if "```json" in page.read_text("utf-8")], ids=named
)
def test_events_shown_as_examples_are_valid(page: Path) -> None:
    shown = re.findall(r"^```json\n(.*?)^```$", page.read_text("utf-8"), re.MULTILINE | re.DOTALL)
    context = [
        "https://ref.gs1.org/standards/epcis/2.0.0/epcis-context.jsonld",
        {"sy": "https://w3id.org/suyuan/voc#"},
    ]
    assert [check_event({"@context": context, **json.loads(event)}, bare=True) for event in shown] == [
        []
    ] * len(shown)

"""GS1 keys lead somewhere, codes that are none have pages, and nobody learns there what is not public."""

from collections.abc import Iterator
from urllib.parse import unquote

import pytest
from tests.api.served import Server, event, serving

PACK = "001PE050000001A7C0000001"
LINK = "/01/09520123456788/21/ABC"


@pytest.fixture(scope="module")
def resolving(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with serving(tmp_path_factory.mktemp("links") / "ws") as server:
        server.post("/events", event(1, epcList=[f"https://id.gs1.org{LINK}"]))
        server.post("/events", event(2, epcList=[f"https://id.example.cn/gbt34014/obj/{PACK}"]))
        yield server


def test_a_gs1_key_leads_to_its_page_by_default(resolving: Server) -> None:
    answer = resolving.get(LINK)
    assert answer.status == 307
    assert unquote(answer.headers["location"]).endswith(f"/id/https://id.gs1.org{LINK}")
    assert 'rel="linkset"' in answer.headers["link"]
    page = resolving.get(answer.headers["location"].split(str(resolving.port))[1])
    assert (page.status, page.headers["content-type"]) == (200, "text/html; charset=utf-8")


def test_a_link_type_leads_to_the_events(resolving: Server) -> None:
    answer = resolving.get(f"{LINK}?linkType=gs1:epcis")
    events = resolving.get(answer.headers["location"].split(str(resolving.port))[1])
    assert len(events.json["epcisBody"]["queryResults"]["resultsBody"]["eventList"]) == 1
    assert resolving.get(f"{LINK}?linkType=gs1:nonsense").status == 404


def test_all_links_are_a_linkset(resolving: Server) -> None:
    for answer in (
        resolving.get(f"{LINK}?linkType=all"),
        resolving.get(LINK, {"Accept": "application/linkset+json"}),
    ):
        assert answer.headers["content-type"].startswith("application/linkset+json")
        (said,) = answer.json["linkset"]
        assert said["anchor"] == f"https://id.gs1.org{LINK}"
        assert {
            "https://gs1.org/voc/pip",
            "https://gs1.org/voc/epcis",
            "https://gs1.org/voc/defaultLink",
        } <= set(said)


@pytest.mark.parametrize("path", ["/01/09520123456789", "/01/abc", "/01/09520123456788/99/x", "/8004/"])
def test_a_key_that_is_none_is_refused(resolving: Server, path: str) -> None:
    assert resolving.get(path).status in (400, 404)


def test_a_code_that_is_no_gs1_key_has_a_page(resolving: Server) -> None:
    page = resolving.get(f"/id/{PACK}", {"Accept-Language": "zh"})
    assert page.status == 200
    assert PACK in page.body.decode()
    assert "<script" not in page.body.decode()
    assert resolving.get("/id/001PE050000001A7C0000009").status == 404
    assert resolving.get(f"/id/{PACK}", {"Accept": "application/json"}).json["trace"]["code"] == PACK


def test_a_code_with_markup_in_it_is_text(resolving: Server) -> None:
    evil = "urn:x:<script>alert(1)</script>"
    from urllib.parse import quote

    answer = resolving.get(f"/id/{quote(evil, safe='')}")
    assert answer.headers["content-type"] == "application/problem+json"
    assert resolving.get("/.well-known/gs1resolver").json["supportedPrimaryKeys"][0] == "00"


def test_without_a_key_the_page_has_public_fields_alone(
    resolving: Server, tmp_path_factory: pytest.TempPathFactory
) -> None:
    directory = resolving.directory
    resolving.stop()
    with serving(directory, "--host", "127.0.0.1") as closed:
        page = closed.get(f"/id/{PACK}")
        assert page.status == 200
        text = page.body.decode()
        assert PACK in text
        assert "everybody may know" in text
        assert "08:00:00" not in text
        assert "operator" not in text
        assert closed.get(f"/id/{PACK}", {"Accept": "application/json"}).json["trace"] is None

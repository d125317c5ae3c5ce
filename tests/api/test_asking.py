"""Events are asked for over HTTP as EPCIS 2.0 says: by query, by resource, by name, page by page."""

from collections.abc import Iterator
from typing import Any
from urllib.parse import quote

import pytest
from tests.api.served import Answer, Server, document, event, serving

SEALED = "https://id.example.cn/gbt34014/obj/sealed/1"


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """Twelve events: ten inspections, one shipping, one of an EPC URN."""
    with serving(tmp_path_factory.mktemp("asked") / "ws") as server:
        events = [event(n) for n in range(10)]
        events.append(
            event(10, bizStep="shipping", epcList=[SEALED], readPoint={"id": "https://id.example.cn/414/x"})
        )
        events.append(event(11, epcList=["urn:epc:id:sgtin:0614141.107346.2017"]))
        server.job(server.post("/capture", document(*events)).headers["location"])
        yield server


def events_of(answer: Answer) -> list[dict[str, Any]]:
    assert answer.status == 200, answer.body
    found: list[dict[str, Any]] = answer.json["epcisBody"]["queryResults"]["resultsBody"]["eventList"]
    return found


def test_a_query_in_the_url_is_answered_by_a_query_document(filled: Server) -> None:
    answer = filled.get("/events?EQ_bizStep=shipping|packing")
    (found,) = events_of(answer)
    assert found["epcList"] == [SEALED]
    assert found["recordTime"].endswith("Z")
    assert answer.json["type"] == "EPCISQueryDocument"


def test_pages_lead_to_all_events_and_each_comes_once(filled: Server) -> None:
    seen, path = list[str](), "/events?perPage=5&orderBy=eventTime"
    while path:
        answer = filled.get(path)
        page = events_of(answer)
        assert len(page) <= 5
        seen += [each["epcList"][0] for each in page]
        link = answer.headers.get("link", "")
        path = link[1 : link.index(">")] if link else ""
    assert len(seen) == len(set(seen)) == 12


def test_a_token_that_was_given_back_leads_nowhere(filled: Server) -> None:
    link = filled.get("/events?perPage=5").headers["link"]
    path = link[1 : link.index(">")]
    token = path.split("nextPageToken=")[1]
    assert filled.get(path).status == 200
    assert filled.ask("DELETE", f"/nextPageToken/{token}").status == 204
    assert filled.get(path).problem == "epcisException:QueryParameterException"


def test_an_event_just_recorded_is_found_by_its_location(filled: Server) -> None:
    made = filled.post("/events", event(500))
    (found,) = events_of(filled.get(made.headers["location"]))
    assert found == made.json
    assert filled.get("/events/urn:uuid:nobody").status == 404


def test_what_was_just_recorded_is_in_the_next_query(filled: Server) -> None:
    for number in range(600, 605):
        filled.post("/events", event(number))
        uri = quote(f"https://id.example.cn/obj/pack{number:07}", safe="")
        assert len(events_of(filled.get(f"/events?MATCH_epc={uri}"))) == 1


def test_an_epc_with_slashes_is_one_resource(filled: Server) -> None:
    path = f"/epcs/{quote(SEALED, safe='')}"
    assert filled.get(path).json["member"] == ["events"]
    assert [each["bizStep"] for each in events_of(filled.get(f"{path}/events"))] == ["shipping"]
    assert events_of(filled.get(f"{path}/events?EQ_bizStep=packing")) == []
    assert filled.get("/epcs/urn%3Anobody").status == 404


def test_resources_on_record_are_listed(filled: Server) -> None:
    assert set(filled.get("/bizSteps").json["member"]) == {"inspecting", "shipping"}
    assert SEALED in filled.get("/epcs?perPage=1000").json["member"]
    assert filled.get("/readPoints").json["member"] == ["https://id.example.cn/414/x"]
    assert filled.get("/dispositions").json["member"] == []
    assert "AssociationEvent" in filled.get("/eventTypes").json["member"]
    assert len(events_of(filled.get("/bizSteps/shipping/events"))) == 1
    assert filled.get("/bizSteps/nonsense").status == 404
    assert filled.get("/eventTypes/ObjectEvent").json["member"] == ["events"]


def test_urns_are_shown_as_digital_links_unless_they_are_wanted_as_they_are(filled: Server) -> None:
    path = f"/events?MATCH_epc={quote('urn:epc:id:sgtin:0614141.107346.2017', safe='')}"
    assert events_of(filled.get(path))[0]["epcList"] == ["https://id.gs1.org/01/10614141073464/21/2017"]
    kept = events_of(filled.get(path, {"GS1-EPC-Format": "Never_Translates"}))
    assert kept[0]["epcList"] == ["urn:epc:id:sgtin:0614141.107346.2017"]
    assert filled.get(path, {"GS1-EPC-Format": "Always_EPC_URN"}).status == 406


def test_a_query_that_is_none_is_refused_by_name(filled: Server) -> None:
    wrong = filled.get("/events?EQ_acton=ADD")
    assert (wrong.status, wrong.problem) == (400, "epcisException:QueryParameterException")
    assert "EQ_action" in wrong.json["detail"]
    assert filled.get("/events?perPage=0").status == 400
    assert filled.get("/events?nextPageToken=zzz").status == 400
    large = filled.get("/events?maxEventCount=2")
    assert (large.status, large.problem) == (413, "epcisException:QueryTooLargeException")


def test_a_query_is_kept_listed_run_and_forgotten(filled: Server) -> None:
    asked = {"name": "shipped", "query": {"eventType": ["ObjectEvent"], "EQ_bizStep": ["shipping"]}}
    made = filled.post("/queries", asked)
    assert (made.status, made.headers["location"]) == (201, "/queries/shipped")
    taken = filled.post("/queries", asked)
    assert (taken.status, taken.problem) == (409, "epcisException:ResourceAlreadyExistsException")
    assert filled.get("/queries/shipped").json == asked
    assert asked in filled.get("/queries").json
    answer = filled.get("/queries/shipped/events")
    assert len(events_of(answer)) == 1
    assert answer.json["epcisBody"]["queryResults"]["queryName"] == "shipped"
    assert filled.ask("DELETE", "/queries/shipped").status == 204
    assert filled.get("/queries/shipped").status == 404


def test_a_named_query_that_is_none_is_not_kept(filled: Server) -> None:
    wrong = filled.post("/queries", {"name": "bad", "query": {"EQ_nonsense": "x"}})
    assert (wrong.status, wrong.problem) == (400, "epcisException:QueryParameterException")
    assert filled.post("/queries", {"name": "a/b", "query": {}}).status == 400
    assert filled.get("/queries/bad").status == 404

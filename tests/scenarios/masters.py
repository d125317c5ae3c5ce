"""Master data as other firms write them: which attribute names, which elements, tied how."""

from typing import Any

from tests.scenarios.scene import DEALER, MAKER, OEM, OUTLET, SHOP, TRADER, Scene, scene
from tests.scenarios.writing import VOC, gln, observed, party, pgln, received, shipped, vocabulary


def element(kind: str, uri: str, **more: Any) -> Any:
    """A vocabulary of one element, its attributes given as they stand."""
    return {"type": f"urn:epcglobal:epcis:vtype:{kind}", "vocabularyElementList": [{"id": uri, **more}]}


@scene
def attributes_under_full_uris(s: Scene) -> None:
    head = [
        element(
            "Party",
            pgln(1000 + s.number),
            attributes=[{"id": f"{VOC}uscc", "attribute": DEALER}, {"id": f"{VOC}name", "attribute": "D"}],
        )
    ]
    s.tell(OEM, received("2024-03-12T08:00", s.pack(), OEM, pgln(1000 + s.number)), header=head)
    s.expect(s.pack(), holder=("party", DEALER, DEALER))


@scene
def attributes_under_another_prefix(s: Scene) -> None:
    head = [element("Party", pgln(1000 + s.number), attributes=[{"id": "bat:uscc", "attribute": DEALER}])]
    s.tell(OEM, received("2024-03-12T08:00", s.pack(), OEM, pgln(1000 + s.number)), header=head, prefix="bat")
    s.expect(s.pack(), holder=("party", DEALER, DEALER))


@scene
def a_party_under_its_own_uri_with_a_gln_only(s: Scene) -> None:
    """The credit code stands in the element's URI; the attribute gives the GLN."""
    number = 1000 + s.number
    head = [vocabulary("Party", {party(TRADER): {"gln": gln(number), "name": "T"}})]
    s.tell(
        OEM, received("2024-03-12T08:00", s.pack(), OEM, f"https://id.gs1.org/417/{gln(number)}"), header=head
    )
    s.expect(s.pack(), holder=("party", TRADER, TRADER))


@scene
def the_site_has_the_gln_of_the_firm(s: Scene) -> None:
    """One GLN for firm and site: an event at that site, without parties, is the firm's."""
    number = 1000 + s.number
    head = [vocabulary("Party", {party(OUTLET): {"uscc": OUTLET, "gln": gln(number)}})]
    where = {"id": f"urn:epc:id:sgln:6901234.{number:05d}.0"}
    s.tell(
        OEM,
        observed("2025-03-03T08:00", s.pack(), "collecting", "returned", readPoint=where, bizLocation=where),
        header=head,
    )
    s.expect(s.pack(), holder=("party", OUTLET, OUTLET))


@scene
def a_corner_of_a_known_site(s: Scene) -> None:
    """SGLN with extension (a hall of the site) whose site is known by its GLN."""
    number = 1000 + s.number
    head = [
        vocabulary("Location", {f"urn:epc:id:sgln:6901234.{number:05d}.0": {"uscc": OUTLET, "site": "yard"}})
    ]
    where = {"id": f"urn:epc:id:sgln:6901234.{number:05d}.hall-3"}
    s.tell(
        OEM,
        observed("2025-03-03T08:00", s.pack(), "collecting", "returned", readPoint=where, bizLocation=where),
        header=head,
    )
    s.expect(s.pack(), holder=("party", OUTLET, OUTLET))


@scene
def a_child_of_a_known_site(s: Scene) -> None:
    """The header lists the site's children: an event at the child is the site's firm's."""
    number = 1000 + s.number
    child = f"https://places.example/{number}/dock"
    head = [
        element(
            "Location",
            f"https://places.example/{number}",
            attributes=[{"id": "sy:uscc", "attribute": OUTLET}],
            children=[child],
        )
    ]
    s.tell(
        OEM,
        observed(
            "2025-03-03T08:00",
            s.pack(),
            "collecting",
            "returned",
            readPoint={"id": child},
            bizLocation={"id": child},
        ),
        header=head,
    )
    s.expect(s.pack(), holder=("party", OUTLET, OUTLET))


@scene
def told_before_the_master_data(s: Scene) -> None:
    """The event first, the tie of the GLN in a later document without events."""
    number = 1000 + s.number
    s.tell(OEM, shipped("2024-03-12T08:00", s.pack(), OEM, pgln(number)))
    s.tell(OEM, header=[vocabulary("Party", {pgln(number): {"uscc": SHOP}})])
    s.expect(s.pack(), to=SHOP)


@scene
def gs1_words_for_party_and_place(s: Scene) -> None:
    """The CBV's own attributes (name, address) beside ours; a source of type location does not confuse the parties."""
    number = 1000 + s.number
    head = [
        element(
            "Party",
            pgln(number),
            attributes=[{"id": "cbvmda:name", "attribute": "Shop"}, {"id": "sy:uscc", "attribute": SHOP}],
        )
    ]
    told = received("2024-03-12T08:00", s.pack(), MAKER, pgln(number))
    told["sourceList"].append({"type": "location", "source": f"https://id.gs1.org/414/{gln(1)}"})
    s.tell(OEM, told, header=head)
    s.expect(s.pack(), holder=("party", SHOP, SHOP))

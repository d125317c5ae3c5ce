"""Master data ready for the log: one element about a party, a place or a model, valid from a day.

    {"attributes": {"https://w3id.org/suyuan/voc#role": "recycler"}, "id": "…/party/9135…",
     "type": "urn:epcglobal:epcis:vtype:Party", "validFrom": "2026-04-01"}

Attribute names are full URIs, so that an element means the same without the document that it came in.

>>> master(PARTY, "urn:x:1", {NAMESPACE + "role": "recycler"}, "line 2").body.decode()
'{"attributes":{"https://w3id.org/suyuan/voc#role":"recycler"},"id":"urn:x:1","type":"urn:epcglobal:epcis:vtype:Party","validFrom":"1970-01-01"}'
"""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from suyuan.events import canonical
from suyuan.events.prepared import Prepared
from suyuan.events.uris import NAMESPACE

PARTY = "urn:epcglobal:epcis:vtype:Party"
LOCATION = "urn:epcglobal:epcis:vtype:Location"
MODEL = f"{NAMESPACE}Model"

ALWAYS = date(1970, 1, 1)
"""Valid from before anything on record: said without a day. A later element about the same thing replaces it."""


def master(
    kind: str,
    about: str,
    attributes: Mapping[str, Any],
    place: str,
    valid_from: date = ALWAYS,
    children: Sequence[str] = (),
) -> Prepared:
    """An element of type `kind` about the URI `about`. Raises NotCanonicalisable."""
    element: dict[str, Any] = {
        "attributes": dict(attributes),
        "id": about,
        "type": kind,
        "validFrom": valid_from.isoformat(),
    }
    if children:
        element["children"] = list(children)
    return Prepared("master", canonical.dumps(element), place, "", False, False, ())

"""EPCIS events in XML: the namespaces, the order of the elements, and what is in each of them.

    JSON                                              XML
    "epcList": ["urn:…"]                              <epcList><epc>urn:…</epc></epcList>
    "quantityList": [{"epcClass": …}]                 <quantityList><quantityElement><epcClass>…
    "sourceList": [{"type": "location", "source": …}] <sourceList><source type="…SDT-location">…
    "readPoint": {"id": …}                            <readPoint><id>…
    "sensorReport": [{"type": "Mass", "value": 4}]    <sensorReport type="…Mass" value="4"/>

EPCIS 1.2 has the same fields; those that came after 1.0 stand in `extension` and `baseExtension`.

Source: epcis-2.0 sections 9.5 and 11 (the XML schemas of 1.2 and 2.0).
"""

from suyuan.events import cbv

EPCIS = "urn:epcglobal:epcis:xsd:2"
QUERY = "urn:epcglobal:epcis-query:xsd:2"
MASTER_DATA = "urn:epcglobal:epcis-masterdata:xsd:2"
XSI = "http://www.w3.org/2001/XMLSchema-instance"
XSD = "http://www.w3.org/2001/XMLSchema"
SBDH = "http://www.unece.org/cefact/namespaces/StandardBusinessDocumentHeader"
RDF_VALUE = "http://www.w3.org/1999/02/22-rdf-syntax-ns#value"
"""The name under which the text of an element stands that has attributes too."""

SPACES = frozenset({"", *(space[:-1] + version for space in (EPCIS, QUERY, MASTER_DATA) for version in "12")})
"""Elements of EPCIS itself: without a namespace as the schemas have them, or with it, as others write them."""

STRUCTURE = SPACES | {XSI, XSD, f"{XSD}#", SBDH, "urn:epcglobal:xsd:1", "urn:epcglobal:xsd:2"}
"""Namespaces that say nothing about an event; prefixes for them are left out of its `@context`."""

DOCUMENTS = ("EPCISDocument", "EPCISQueryDocument", "EPCISMasterDataDocument")
WRAPPERS = frozenset({"extension", "baseExtension"})

EPC_LISTS = frozenset({"epcList", "childEPCs", "inputEPCList", "outputEPCList"})
QUANTITY_LISTS = frozenset({"quantityList", "childQuantityList", "inputQuantityList", "outputQuantityList"})
TYPED_LISTS = {
    "bizTransactionList": ("bizTransaction", cbv.BIZ_TRANSACTION_TYPE_URIS),
    "sourceList": ("source", cbv.SOURCE_DEST_TYPE_URIS),
    "destinationList": ("destination", cbv.SOURCE_DEST_TYPE_URIS),
}
PLACES = frozenset({"readPoint", "bizLocation"})
WORDS = {"bizStep": cbv.BIZ_STEP_URIS, "disposition": cbv.DISPOSITION_URIS}
TEXTS = frozenset(
    {"eventTime", "recordTime", "eventTimeZoneOffset", "eventID", "action", "parentID", "transformationID"}
)

REPORT_WORDS = {
    "type": cbv.MEASUREMENT_TYPE_URIS,
    "exception": cbv.SENSOR_ALERT_URIS,
    "component": cbv.COMPONENT_URIS,
}
REPORT_NUMBERS = frozenset({"value", "minValue", "maxValue", "meanValue", "sDev", "percRank", "percValue"})

HEAD = (
    "eventTime",
    "recordTime",
    "eventTimeZoneOffset",
    "eventID",
    "errorDeclaration",
    "certificationInfo",
    "baseExtension",
)
"""What every event begins with."""

_STEP = ("action", "bizStep", "disposition", "readPoint", "bizLocation")
_PARTIES = ("sourceList", "destinationList", "sensorElementList", "persistentDisposition")

ORDER: dict[str, tuple[str, ...]] = {
    "ObjectEvent": (
        *HEAD, "epcList", *_STEP, "bizTransactionList", "quantityList", *_PARTIES, "ilmd", "extension",
    ),
    "AggregationEvent": (
        *HEAD, "parentID", "childEPCs", *_STEP, "bizTransactionList", "childQuantityList", *_PARTIES, "extension",
    ),
    "AssociationEvent": (
        *HEAD, "parentID", "childEPCs", "childQuantityList", *_STEP, "bizTransactionList", *_PARTIES, "extension",
    ),
    "TransactionEvent": (
        *HEAD, "bizTransactionList", "parentID", "epcList", *_STEP, "quantityList", *_PARTIES, "extension",
    ),
    "TransformationEvent": (
        *HEAD, "inputEPCList", "inputQuantityList", "outputEPCList", "outputQuantityList", "transformationID",
        *_STEP[1:], "bizTransactionList", *_PARTIES, "ilmd", "extension",
    ),
}  # fmt: skip
"""The order of the elements of each event; fields of one's own come after them."""

EVENTS = frozenset({*ORDER, "QuantityEvent"})

"""The entries as columns: what every view, rule and account reads.

One entry of the ledger becomes one row of `event` (or of `master_*`) and some rows of the tables
beside it, joined by `seq` (the leaf index in the log, from 0). Items are dense integers; their texts stand in `item`.

Words of the vocabularies are written short: CBV words bare (`shipping`), own words with the prefix
`sy:` whatever prefix the document bound (`sy:exported`), any other as its full URI.
"""

import pyarrow as pa

INSTANT = pa.timestamp("us", tz="UTC")

EVENT = pa.schema(
    [
        ("seq", pa.int64()),
        ("party", pa.string()),  # who submitted (USCC), from the entry
        ("recorded_at", INSTANT),
        ("document", pa.string()),  # sha-256 hex of the document it came in
        ("place", pa.string()),
        ("event_id", pa.string()),  # as given, else the CBV 2.0 event hash
        ("type", pa.string()),  # ObjectEvent, AggregationEvent, …
        ("action", pa.string()),  # ADD, OBSERVE, DELETE; null for a transformation
        ("biz_step", pa.string()),
        ("disposition", pa.string()),
        ("occurred_at", INSTANT),
        ("local_day", pa.date32()),  # the day on the event's own wall clock (law counts from it)
        ("read_point", pa.string()),
        ("biz_location", pa.string()),
        ("giver", pa.string()),  # source possessing_party: USCC where one can be told, else the URI
        ("taker", pa.string()),  # destination possessing_party
        ("owner_from", pa.string()),  # source owning_party
        ("owner_to", pa.string()),  # destination owning_party
        ("transformation_id", pa.string()),
        ("reporter", pa.string()),  # sy:reporter, as giver
        ("declares_error", pa.bool_()),  # the event carries an errorDeclaration: it voids its event_id
        ("error_reason", pa.string()),
    ]
)

# role: epc | parent | child | input | output. A lot has quantity (null where not given) and uom; a single item neither.
EVENT_ITEM = pa.schema(
    [
        ("seq", pa.int64()),
        ("role", pa.string()),
        ("item", pa.int64()),
        ("quantity", pa.float64()),
        ("uom", pa.string()),
    ]
)

# kind: pack | module | cell | reuse_pack | reuse_module | reuse_cell | vehicle | lot | other
ITEM = pa.schema(
    [
        ("item", pa.int64()),
        ("key", pa.string()),  # the code or VIN where it has one, else the canonical URI
        ("kind", pa.string()),
        ("material", pa.string()),  # of a lot: black-mass, lithium-carbonate, …; else null
    ]
)

EVENT_DOCUMENT = pa.schema([("seq", pa.int64()), ("type", pa.string()), ("document", pa.string())])

# One row a sensorReport; time span from the sensorMetadata around it.
EVENT_READING = pa.schema(
    [
        ("seq", pa.int64()),
        ("n", pa.int32()),
        ("type", pa.string()),
        ("value", pa.float64()),
        ("uom", pa.string()),
        ("text", pa.string()),
        ("started_at", INSTANT),
        ("ended_at", INSTANT),
        ("words", pa.string()),  # own and foreign words of the element and report, JSON
    ]
)

# Own words (sy:…) at the top of the event and in its ilmd; value as JSON text.
EVENT_WORD = pa.schema(
    [("seq", pa.int64()), ("holder", pa.string()), ("word", pa.string()), ("value", pa.string())]
)

# Master data: one row an attribute of a party, site or model, valid from a day.
MASTER = pa.schema(
    [
        ("seq", pa.int64()),
        ("type", pa.string()),  # party | location | model | other (the vtype's last segment, lower case)
        ("id", pa.string()),  # USCC, <USCC>/<site>, or the URI
        ("attribute", pa.string()),
        ("value", pa.string()),
        ("valid_from", pa.date32()),
    ]
)

TABLES = {
    "event": EVENT,
    "event_item": EVENT_ITEM,
    "item": ITEM,
    "event_document": EVENT_DOCUMENT,
    "event_reading": EVENT_READING,
    "event_word": EVENT_WORD,
    "master": MASTER,
}

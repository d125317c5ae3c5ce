"""The entries as columns: what every view, rule and account reads.

One entry of the ledger becomes one row of `event` (or some of `master`) and some rows of the tables
beside it, joined by `seq` (the leaf index in the log, from 0). An item stands as its key: the code or
VIN where it has one, else its canonical URI (`identifiers.recognise.item_key`).

Words of the vocabularies are written short: CBV words bare (`shipping`), own words with the prefix
`sy:` whatever prefix the document bound (`sy:exported`), any other as its full URI.
"""

import pyarrow as pa

INSTANT = pa.timestamp("us", tz="UTC")


def columns(*columns: tuple[str, pa.DataType]) -> pa.Schema:
    """The schema of a table with these columns."""
    return pa.schema([pa.field(name, kind) for name, kind in columns])


EVENT = columns(
    ("seq", pa.int64()),
    ("party", pa.string()),  # who submitted (USCC), from the entry
    ("recorded_at", INSTANT),
    ("document", pa.string()),  # sha-256 hex of the document it came in
    ("place", pa.string()),
    ("event_id", pa.string()),  # as given, else the CBV 2.0 event hash
    ("statement", pa.string()),  # the CBV 2.0 event hash: the same for the same statement under any id
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
    ("place_from", pa.string()),  # source location
    ("place_to", pa.string()),  # destination location
    ("reporter", pa.string()),  # sy:reporter, as giver
    ("run", pa.string()),  # transformationID, else of a transformation `run:` and its id
    ("position", pa.string()),  # sy:position
    ("repair_order", pa.string()),  # sy:repairOrder
    ("swap", pa.bool_()),  # sy:swap
    ("model", pa.string()),  # sy:model, the name by which master data know it
    ("buyer_kind", pa.string()),  # sy:buyerKind
    ("declares_error", pa.bool_()),  # the event carries an errorDeclaration: it voids its event_id
    ("error_reason", pa.string()),
    ("record_time", INSTANT),  # recordTime: when another register took it down, as the event says
    ("beyond", pa.string()),  # what these tables do not tell of the event (`extract_beyond`); for queries
)

# role: epc | parent | child | input | output, one row an item (a single item once a role, a lot as often as listed).
# A lot has quantity (null where not given) and uom; a single item neither.
# kind: pack | module | cell | reuse_pack | reuse_module | reuse_cell | vehicle | lot | other
EVENT_ITEM = columns(
    ("seq", pa.int64()),
    ("role", pa.string()),
    ("item", pa.string()),
    ("kind", pa.string()),
    ("material", pa.string()),  # of a lot: black-mass, lithium-carbonate, …; else null
    ("quantity", pa.float64()),
    ("uom", pa.string()),
    ("listed", pa.bool_()),  # it stood in a quantity list
)

EVENT_DOCUMENT = columns(("seq", pa.int64()), ("type", pa.string()), ("document", pa.string()))

# One row a sensorReport; time span from the sensorMetadata around it.
EVENT_READING = columns(
    ("seq", pa.int64()),
    ("n", pa.int32()),
    ("type", pa.string()),
    ("value", pa.float64()),
    ("uom", pa.string()),
    ("text", pa.string()),
    ("started_at", INSTANT),
    ("ended_at", INSTANT),
    ("words", pa.string()),  # own and foreign words of the element and report, JSON
)

# Own words (sy:…); value as JSON text. holder: event | ilmd | error
EVENT_WORD = columns(
    ("seq", pa.int64()),
    ("holder", pa.string()),
    ("word", pa.string()),
    ("value", pa.string()),
)

# Own words that are numbers (`mass_kg`, part null) or numbers by part (`composition`, part `Ni`).
EVENT_MEASURE = columns(
    ("seq", pa.int64()),
    ("holder", pa.string()),
    ("word", pa.string()),
    ("part", pa.string()),
    ("value", pa.float64()),
)

# sy:assay, one row a lot and metal. lot null: the only lot that the event speaks of.
EVENT_ASSAY = columns(
    ("seq", pa.int64()),
    ("lot", pa.string()),
    ("metal", pa.string()),
    ("share", pa.float64()),
    ("uncertainty", pa.float64()),  # standard, absolute
)

# sy:fate, one row a lot (null: every output of the event).
EVENT_FATE = columns(("seq", pa.int64()), ("lot", pa.string()), ("fate", pa.string()))

# Master data: one row an attribute of a party, site or model, valid from a day; attribute null: only the id.
MASTER = columns(
    ("seq", pa.int64()),
    ("type", pa.string()),  # party | location | model | other (the vtype's last segment, lower case)
    ("id", pa.string()),  # USCC, <USCC>/<site>, a model's name, or the URI
    ("attribute", pa.string()),  # words of CBV and own ones bare (`uscc`, `name`), others as given
    ("value", pa.string()),
    ("valid_from", pa.date32()),
)

TABLES = {
    "event": EVENT,
    "event_item": EVENT_ITEM,
    "event_document": EVENT_DOCUMENT,
    "event_reading": EVENT_READING,
    "event_word": EVENT_WORD,
    "event_measure": EVENT_MEASURE,
    "event_assay": EVENT_ASSAY,
    "event_fate": EVENT_FATE,
    "master": MASTER,
}

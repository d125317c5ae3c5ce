"""EPCIS 2.0 documents as other firms would write them, by `../shared/domain/events.md` alone.

Nothing of the product is imported here: codes, check characters and documents are made from the published rules.
"""

from typing import Any

Event = dict[str, Any]
Json = Any

VOC = "https://w3id.org/suyuan/voc#"
OWN = "https://w3id.org/suyuan/"
STANDARD = "https://ref.gs1.org/standards/epcis/2.0.0/epcis-context.jsonld"

_USCC = "0123456789ABCDEFGHJKLMNPQRTUWXY"
_VIN = dict(zip("ABCDEFGHJKLMNPRSTUVWXYZ", (1, 2, 3, 4, 5, 6, 7, 8, 1, 2, 3, 4, 5, 7, 9, 2, 3, 4, 5, 6, 7, 8, 9),
                strict=True)) | {str(n): n for n in range(10)}  # fmt: skip


def battery(letter: str, number: int, chemistry: str = "E", vendor: str = "001") -> str:
    """A 24-character code: P pack, M module, C cell; made on 10 March 2024."""
    return f"{vendor}{letter}{chemistry}24KD00001E3A{number:07d}"


def pack(number: int) -> str:
    return battery("P", number)


def module(number: int) -> str:
    return battery("M", number)


def cell(number: int) -> str:
    return battery("C", number)


def reuse(letter: str, number: int) -> str:
    """A 19-character code of a product made again from old batteries, of May 2026."""
    return f"08B{letter}E24G5A{number:07d}R{letter}"


def vin(number: int) -> str:
    body = f"LSVAA4180T2{number:06d}"
    rest = (
        sum(
            _VIN[c] * w
            for c, w in zip(body, (8, 7, 6, 5, 4, 3, 2, 10, 0, 9, 8, 7, 6, 5, 4, 3, 2), strict=True)
        )
        % 11
    )
    return body[:8] + ("X" if rest == 10 else str(rest)) + body[9:]


def uscc(number: int, area: str = "370100") -> str:
    organ = f"MA3{number:05d}"
    value = {c: n for n, c in enumerate("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ")}
    eleven = 11 - sum(value[c] * w for c, w in zip(organ, (3, 7, 9, 10, 5, 8, 4, 2), strict=True)) % 11
    organ += {10: "X", 11: "0"}.get(eleven, str(eleven))
    body = "91" + area + organ
    total = sum(_USCC.index(c) * pow(3, i, 31) for i, c in enumerate(body))
    return body + _USCC[-total % 31]


def gln(number: int, prefix: str = "6901234") -> str:
    digits = f"{prefix}{number:05d}"
    return digits + str(-sum(int(c) * (1, 3)[i % 2] for i, c in enumerate(digits)) % 10)


def pgln(number: int) -> str:
    return f"urn:epc:id:pgln:6901234.{number:05d}"


def obj(code: str) -> str:
    return f"{OWN}obj/{code}"


def party(code: str) -> str:
    return f"{OWN}party/{code}"


def place(code: str, site: str = "main") -> str:
    return f"{OWN}loc/{code}/{site}"


def lot(material: str, number: str) -> str:
    return f"{OWN}class/{material}/{number}"


def amount(material: str, number: str, quantity: float, uom: str = "KGM") -> Json:
    return {"epcClass": lot(material, number), "quantity": quantity, "uom": uom}


def event(kind: str, when: str, **said: Json) -> Event:
    """`when` is `2026-05-01T09:00` (China), or carries its own zone."""
    if len(when) == 16:
        when += ":00+08:00"
    zone = when[-6:] if when[-6] in "+-" else "+00:00"
    words = {key.replace("__", ":"): value for key, value in said.items()}
    return {"type": kind + "Event", "eventTime": when, "eventTimeZoneOffset": zone, **words}


def things(codes: tuple[str, ...] | list[str] | str) -> list[str]:
    codes = [codes] if isinstance(codes, str) else codes
    return [code if ":" in code else obj(code) for code in codes]


def observed(
    when: str, codes: Any, step: str | None = None, disposition: str | None = None, **said: Json
) -> Event:
    words = {"bizStep": step, "disposition": disposition}
    return event("Object", when, action=said.pop("action", "OBSERVE"), epcList=things(codes),
                 **{key: value for key, value in words.items() if value}, **said)  # fmt: skip


def made(when: str, codes: Any, by: str | None = None, **said: Json) -> Event:
    at = {"readPoint": {"id": place(by)}, "bizLocation": {"id": place(by)}} if by else {}
    return observed(when, codes, "commissioning", "active", action="ADD", **at, **said)


def joined(when: str, parent: str, children: Any, step: str = "assembling", **said: Json) -> Event:
    return event(said.pop("kind", "Association"), when, action="ADD", parentID=things(parent)[0],
                 childEPCs=things(children), bizStep=step, **said)  # fmt: skip


def parted(when: str, parent: str, children: Any, step: str = "removing", **said: Json) -> Event:
    return event(said.pop("kind", "Association"), when, action="DELETE", parentID=things(parent)[0],
                 childEPCs=things(children), bizStep=step, **said)  # fmt: skip


def at(code: str, site: str = "main", after: bool = True) -> Event:
    """readPoint, and bizLocation where it is afterwards, of a site of one's own."""
    where: Event = {"readPoint": {"id": place(code, site)}}
    return where | ({"bizLocation": {"id": place(code, site)}} if after else {})


def between(giver: str | None, taker: str | None, kind: str = "possessing_party") -> Event:
    lists: Event = {}
    if giver:
        lists["sourceList"] = [{"type": kind, "source": giver if ":" in giver else party(giver)}]
    if taker:
        lists["destinationList"] = [{"type": kind, "destination": taker if ":" in taker else party(taker)}]
    return lists


def shipped(when: str, codes: Any, giver: str | None, taker: str | None, **said: Json) -> Event:
    here = {"readPoint": {"id": place(giver)}} if giver and ":" not in giver else {}
    return observed(when, codes, "shipping", "in_transit", **{**here, **between(giver, taker), **said})


def received(when: str, codes: Any, giver: str | None, taker: str | None, **said: Json) -> Event:
    here = at(taker) if taker and ":" not in taker else {}
    return observed(when, codes, "receiving", "active", **{**here, **between(giver, taker), **said})


def run(when: str, number: str | None, step: str, by: str, **lists: Json) -> Event:
    """A process run; `number` None: no transformationID."""
    xform = {"transformationID": f"{OWN}xform/{by}/{number}"} if number else {}
    return event("Transformation", when, bizStep=step, **{**at(by), **lists}, **xform)


def assay(material: str, number: str, shares: dict[str, float], **more: Json) -> Json:
    return {"sy:lot": lot(material, number), "sy:share": {f"sy:{m}": s for m, s in shares.items()},
            **{f"sy:{k}": v for k, v in more.items()}}  # fmt: skip


def wrong(told: Event, when: str, event_id: str | None = None, corrective: list[str] | None = None,
          reason: str = "did_not_occur") -> Event:  # fmt: skip
    """The same event with an error declaration (step 22)."""
    declaration: Event = {"declarationTime": f"{when}:00+08:00", "reason": reason}
    if corrective:
        declaration["correctiveEventIDs"] = corrective
    return {**told, **({"eventID": event_id} if event_id else {}), "errorDeclaration": declaration}


def context(prefix: str = "sy", standard: str = STANDARD, **more: str) -> list[Json]:
    return [standard, {prefix: VOC, **more}]


def document(
    events: list[Event], *, prefix: str = "sy", standard: str = STANDARD, header: Json = None, **names: str
) -> Event:
    """An EPCISDocument."""
    return {
        "@context": context(prefix, standard, **names),
        "type": "EPCISDocument",
        "schemaVersion": "2.0",
        "creationDate": "2026-06-01T00:00:00Z",
        **({"epcisHeader": {"epcisMasterData": {"vocabularyList": header}}} if header else {}),
        "epcisBody": {"eventList": events},
    }


def query_document(events: list[Event]) -> Event:
    return {
        "@context": context(),
        "type": "EPCISQueryDocument",
        "schemaVersion": "2.0",
        "creationDate": "2026-06-01T00:00:00Z",
        "epcisBody": {
            "queryResults": {"queryName": "SimpleEventQuery", "resultsBody": {"eventList": events}}
        },
    }


def bare(told: Event) -> Event:
    return {"@context": context(), **told}


def vocabulary(kind: str, elements: dict[str, dict[str, Json]]) -> Json:
    """A vocabulary of the header: kind Party or Location, elements by id."""
    return {
        "type": f"urn:epcglobal:epcis:vtype:{kind}",
        "vocabularyElementList": [
            {
                "id": uri,
                "attributes": [{"id": f"sy:{name}", "attribute": value} for name, value in said.items()],
            }
            for uri, said in elements.items()
        ],
    }


def full_words(value: Json) -> Json:
    """The same with own words as full URIs instead of prefixed names."""
    if isinstance(value, dict):
        return {(VOC + k[3:] if k.startswith("sy:") else k): full_words(v) for k, v in value.items()}
    if isinstance(value, list):
        return [full_words(v) for v in value]
    return VOC + value[3:] if isinstance(value, str) and value.startswith("sy:") else value

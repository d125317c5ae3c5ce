"""The fields of each kind of code with their meaning, for people who hold a label in their hand.

>>> [(name, one.meaning.en) for name, one in of_area("610500").items() if one.meaning]
[('area', 'Weinan, Shaanxi')]
"""

from collections.abc import Iterable

from suyuan.identifiers import area, battery_code, gs1, uscc, vin
from suyuan.identifiers.element_string import Element
from suyuan.identifiers.recognised import KINDS, Field, field
from suyuan.standards.shapes import Row
from suyuan.terms.citation import marked
from suyuan.terms.sentence import Sentence

Fields = dict[str, Field]


def of_battery(code: str) -> Fields:
    """The fields of a valid battery code."""
    value = battery_code.parse(code)
    maker, chemistry = value.maker, value.battery_type
    fields = {
        "vendor": field("vendor", value.vendor, _told(maker, _same(maker.maker) if maker else None)),
        "kind": field("kind", value.kind.value, value.kind.word),
        "chemistry": field("chemistry", value.chemistry, _told(chemistry, chemistry.name)),
        "specification": field("specification", value.specification),
        "tracing": field("tracing", value.tracing),
        "day": field("day", value.day.isoformat()),
        "serial": field("serial", value.serial),
    }
    if value.reuse_kind is not None:
        fields["reuse_kind"] = field("reuse_kind", value.reuse_kind.value, value.reuse_kind.word)
    return {name: one for name, one in fields.items() if one.value}


def of_vin(code: str) -> Fields:
    """The fields of a valid VIN."""
    value = vin.parse(code)
    maker, year = value.maker, value.model_year_row
    return {
        "wmi": field("wmi", value.wmi, _told(maker, _same(maker.maker) if maker else None)),
        "type": field("type", value.type_code),
        "check": field("check", value.check),
        "model_year": field(
            "model_year", value.year_letter, _told(year, _same(str(year.number)) if year else None)
        ),
        "plant": field("plant", value.plant),
        "serial": field("serial", value.serial),
    }


def of_uscc(code: str) -> Fields:
    """The fields of a valid credit code."""
    value = uscc.parse(code)
    department, kind, registered = value.department_row, value.kind_row, value.area
    return {
        "department": field(
            "department", value.department, _told(department, department.name if department else None)
        ),
        "organisation_kind": field("organisation_kind", value.kind, _told(kind, kind.name if kind else None)),
        "area": field("area", value.area_code, registered.name if registered else None),
        "organisation": field("organisation", value.organisation),
        "check": field("check", value.check),
    }


def of_area(code: str) -> Fields:
    """The fields of a valid area code."""
    value = area.parse(code)
    return {"area": field("area", value.code, value.name), "level": field("level", value.level.value)}


def of_key(key: gs1.Key, others: Iterable[str]) -> Fields:
    """The fields of a bare GS1 key; `others` are the kinds that it could be as well."""
    fields = {key.ai: Field(key.name, key.value)}
    company = gs1.company_of(key)
    if company:
        fields["company"] = field("company", key.prefix, company)
    fields["canonical"] = field("canonical", key.digital_link)
    names = [KINDS[other] for other in others]
    if names:
        meaning = Sentence(zh="、".join(name.zh for name in names), en=", ".join(name.en for name in names))
        fields["also"] = field("also", " ".join(others), meaning)
    return fields


def of_elements(elements: Iterable[Element]) -> Fields:
    """Application Identifiers with their values."""
    return {one.ai.ai: Field(Sentence(zh=one.ai.zh, en=one.ai.title), one.value) for one in elements}


def _told(row: Row | None, meaning: Sentence | None) -> Sentence | None:
    """What a row of a standard says, with the remark that nobody has looked it up where that is so."""
    return marked(meaning, row.verified) if row and meaning else None


def _same(text: str) -> Sentence:
    """A name that is written alike in both languages."""
    return Sentence(zh=text, en=text)

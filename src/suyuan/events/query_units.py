"""Units in which the same thing can be measured, so that a query may ask in another than the sensor reports.

    25 CEL = 298.15 KEL = 77 FAH        3.7 VLT = 3700 2Z        1 KWH = 1000 WHR = 3600 KJO

A value in the base unit of its kind is `value * factor + offset`. Codes that stand here nowhere are compared with themselves alone.

Source: UN/CEFACT Recommendation 20 (common code, conversion factor). GS1's test case TCR-53 of EPCIS 2.0 asks for it.

>>> convert(25, "CEL", "KEL"), convert(3.7, "VLT", "2Z"), convert(1, "KGM", "VLT")
(Fraction(5963, 20), Fraction(3700, 1), None)
>>> "FAH" in alike("CEL"), alike("EA")
(True, ('EA',))
"""

from fractions import Fraction

_KINDS: tuple[dict[str, tuple[str, str]], ...] = (
    {"KEL": ("1", "0"), "CEL": ("1", "273.15"), "FAH": ("5/9", "45967/180")},
    {"KGM": ("1", "0"), "GRM": ("0.001", "0"), "MGM": ("0.000001", "0"), "MC": ("0.000000001", "0"), "DTN": ("100", "0"),
     "TNE": ("1000", "0"), "KTN": ("1000000", "0"), "LBR": ("0.45359237", "0"), "ONZ": ("0.028349523125", "0")},
    {"MTR": ("1", "0"), "DMT": ("0.1", "0"), "CMT": ("0.01", "0"), "MMT": ("0.001", "0"), "4H": ("0.000001", "0"),
     "KMT": ("1000", "0"), "INH": ("0.0254", "0"), "FOT": ("0.3048", "0"), "SMI": ("1609.344", "0")},
    {"SEC": ("1", "0"), "MIN": ("60", "0"), "HUR": ("3600", "0"), "DAY": ("86400", "0"), "C26": ("0.001", "0"),
     "B98": ("0.000001", "0")},
    {"VLT": ("1", "0"), "2Z": ("0.001", "0"), "KVT": ("1000", "0"), "D82": ("0.000001", "0"), "B78": ("1000000", "0")},
    {"AMP": ("1", "0"), "4K": ("0.001", "0"), "B84": ("0.000001", "0"), "B22": ("1000", "0")},
    {"COU": ("1", "0"), "AMH": ("3600", "0"), "E09": ("3.6", "0"), "TAH": ("3600000", "0")},
    {"JOU": ("1", "0"), "KJO": ("1000", "0"), "3B": ("1000000", "0"), "WHR": ("3600", "0"), "KWH": ("3600000", "0"),
     "MWH": ("3600000000", "0"), "GWH": ("3600000000000", "0")},
    {"WTT": ("1", "0"), "C31": ("0.001", "0"), "KWT": ("1000", "0"), "MAW": ("1000000", "0"), "A90": ("1000000000", "0")},
    {"OHM": ("1", "0"), "E45": ("0.001", "0"), "B49": ("1000", "0"), "B75": ("1000000", "0")},
    {"PAL": ("1", "0"), "A97": ("100", "0"), "MBR": ("100", "0"), "KPA": ("1000", "0"), "BAR": ("100000", "0"),
     "MPA": ("1000000", "0")},
    {"MTQ": ("1", "0"), "LTR": ("0.001", "0"), "DMQ": ("0.001", "0"), "MLT": ("0.000001", "0"), "CMQ": ("0.000001", "0")},
    {"C62": ("1", "0"), "P1": ("0.01", "0"), "NX": ("0.001", "0"), "59": ("0.000001", "0")},
    {"HTZ": ("1", "0"), "KHZ": ("1000", "0"), "MHZ": ("1000000", "0")},
    {"MTS": ("1", "0"), "KMH": ("5/18", "0")},
)  # fmt: skip

_UNITS = {
    code: (kind, Fraction(factor), Fraction(offset))
    for kind, units in enumerate(_KINDS)
    for code, (factor, offset) in units.items()
}


def alike(uom: str) -> tuple[str, ...]:
    """The units that convert to this one, itself among them."""
    known = _UNITS.get(uom)
    return (uom,) if known is None else tuple(_KINDS[known[0]])


def exact(value: float) -> Fraction:
    """The number as it is written in decimals: 0.1 is a tenth."""
    return Fraction(repr(value) if isinstance(value, float) else value)


def convert(value: float, uom: str, to: str) -> Fraction | None:
    """The value in another unit; None where the units measure different things."""
    if uom == to:
        return exact(value)
    one, other = _UNITS.get(uom), _UNITS.get(to)
    if one is None or other is None or one[0] != other[0]:
        return None
    return (exact(value) * one[1] + one[2] - other[2]) / other[1]

"""The columns of a table of parties and sites, and of one of models: names, headings, and how a cell is read.

>>> PARTIES["lat"].read("24.5")
24.5
>>> PARTIES["vendor_codes"].read("001、04q")
'001,04Q'
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date

from suyuan.identifiers import area, gs1, uscc
from suyuan.identifiers.diagnosis import NotAnIdentifier
from suyuan.terms.errors import SuyuanError


class Wrong(SuyuanError):
    """A cell that cannot be read as its column says."""

    def __init__(self, rule: str, en: str, zh: str, suggestion: str | None = None) -> None:
        super().__init__(en, zh)
        self.rule = rule
        self.suggestion = suggestion


@dataclass(frozen=True, slots=True)
class Column:
    """How a cell is read, under which headings (lower case) the column is known, and whether a row needs it."""

    read: Callable[[str], object]
    headings: tuple[str, ...] = ()
    required: bool = False


def _text(text: str) -> str:
    return text


def _identifier(read: Callable[[str], str]) -> Callable[[str], str]:
    def diagnosed(text: str) -> str:
        try:
            return read(text)
        except NotAnIdentifier as wrong:
            said = wrong.diagnosis
            raise Wrong(said.id, said.reason.en, said.reason.zh, said.suggestion) from None

    return diagnosed


_uscc = _identifier(lambda text: uscc.parse(text).code)
_area = _identifier(lambda text: area.parse(text).code)
_gln = _identifier(lambda text: gs1.parse(text, "gln").value)


def _codes(length: int) -> Callable[[str], str]:
    def read(text: str) -> str:
        codes = [code.upper() for code in re.split(r"[\s,;，；、|/]+", text) if code]
        if bad := [code for code in codes if not re.fullmatch(f"[0-9A-Z]{{{length}}}", code)]:
            raise Wrong(
                "code-malformed",
                f"{bad[0]!r} does not have {length} letters or digits",
                f"「{bad[0]}」不是 {length} 位字母或数字",
            )
        return ",".join(codes)

    return read


def _creditcodes(text: str) -> str:
    return ",".join(_uscc(code) for code in re.split(r"[\s,;，；、|/]+", text) if code)


def _number(low: float | None = None, high: float | None = None) -> Callable[[str], int | float]:
    def read(text: str) -> int | float:
        try:
            value = float(text.replace(",", ""))
        except ValueError:
            raise Wrong("number-expected", f"{text!r} is no number", f"「{text}」不是数字") from None
        if not (low is None or value >= low) or not (high is None or value <= high) or value - value:
            raise Wrong(
                "number-out-of-range",
                f"{text} is not between {low} and {high if high is not None else 'above'}",
                f"{text} 不在 {low} 至 {high if high is not None else '以上'} 之间",
            )
        return int(value) if value == int(value) else value

    return read


def _day(text: str) -> date:
    found = re.fullmatch(r"(\d{4})[-/.年]?(\d{1,2})[-/.月]?(\d{1,2})日?(?:[ T].*)?", text)
    try:
        if found:
            return date(*map(int, found.groups()))
    except ValueError:
        pass
    raise Wrong(
        "date-expected", f"{text!r} is no day; write 2026-05-01", f"「{text}」不是日期；请写成 2026-05-01"
    )


_PERIOD = {
    "listed_from": Column(_day, ("列入日期", "入选日期", "公告日期", "listed from")),
    "listed_to": Column(_day, ("移出日期", "撤销日期", "listed to")),
}
_VALID = {"valid_from": Column(_day, ("生效日期", "valid from", "validfrom"))}

PARTIES: Mapping[str, Column] = {
    "uscc": Column(_uscc, ("统一社会信用代码", "信用代码"), required=True),
    "name": Column(_text, ("名称", "企业名称", "单位名称")),
    "role": Column(_text, ("角色", "主体类型", "企业类型")),
    "area": Column(_area, ("行政区划代码", "行政区划", "地区代码")),
    "gln": Column(_gln, ("全球位置码",)),
    "vendor_codes": Column(_codes(3), ("厂商代码", "vendor codes")),
    "wmi": Column(_codes(3), ("世界制造厂识别代号",)),
    "lat": Column(_number(-90, 90), ("纬度", "latitude")),
    "lon": Column(_number(-180, 180), ("经度", "longitude")),
    "site": Column(_text, ("场所", "场所编号", "网点编号", "站点编号")),
    "site_kind": Column(_text, ("场所类型", "网点类型", "site kind")),
    "capacity_t_per_year": Column(
        _number(0), ("年处理能力（吨）", "年处理能力(吨)", "年处理能力", "产能（吨/年）")
    ),
    "serves": Column(_creditcodes, ("委托生产企业", "委托企业", "服务企业")),
    **_PERIOD,
    **_VALID,
}

MODELS: Mapping[str, Column] = {
    "model": Column(_text, ("型号", "产品型号", "电池型号"), required=True),
    "uscc": Column(_uscc, ("统一社会信用代码", "生产企业统一社会信用代码")),
    "name": Column(_text, ("名称", "产品名称")),
    "chemistry": Column(_text, ("电池类型", "化学体系", "正极材料")),
    "ratedEnergy_kWh": Column(_number(0), ("额定能量（kwh）", "额定能量(kwh)", "额定能量")),
    "ratedCapacity_Ah": Column(_number(0), ("额定容量（ah）", "额定容量(ah)", "额定容量")),
    "nominalVoltage_V": Column(_number(0), ("标称电压（v）", "标称电压(v)", "标称电压")),
    "mass_kg": Column(_number(0), ("质量（kg）", "质量(kg)", "重量（kg）", "质量")),
    "composition": Column(_text, ("材料组成", "金属含量（kg）")),
    "recycledContent": Column(_text, ("再生材料含量",)),
    **_VALID,
}

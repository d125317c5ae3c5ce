"""What a text on a label turned out to be: kind, fields with their meaning, and what is wrong with it.

>>> field("chemistry", "B", Sentence(zh="磷酸铁锂", en="lithium iron phosphate")).label.zh
'电池类型'
"""

from collections.abc import Mapping
from dataclasses import dataclass
from dataclasses import field as default
from types import MappingProxyType
from typing import Any

from suyuan.identifiers.diagnosis import Diagnosis
from suyuan.terms.sentence import Sentence


def _words(text: str) -> Mapping[str, Sentence]:
    """`name | English | Chinese`, a line each."""
    rows = ([piece.strip() for piece in line.split("|")] for line in text.strip().splitlines())
    return MappingProxyType({name: Sentence(zh=zh, en=en) for name, en, zh in rows})


KINDS = _words(
    """
    battery-code | battery code (GB/T 34014) | 动力电池编码（GB/T 34014）
    vin | vehicle identification number | 车辆识别代号
    uscc | unified social credit code | 统一社会信用代码
    area-code | area code (GB/T 2260) | 行政区划代码（GB/T 2260）
    gtin | GS1 trade item number (GTIN) | GS1 全球贸易项目代码（GTIN）
    sscc | GS1 logistic unit (SSCC) | GS1 系列货运包装箱代码（SSCC）
    gln | GS1 location number (GLN) | GS1 全球位置码（GLN）
    party-gln | GS1 party (GLN) | GS1 参与方位置码（GLN）
    gsin | GS1 shipment (GSIN) | GS1 全球装运标识代码（GSIN）
    gsrn | GS1 service relation, recipient (GSRN) | GS1 服务关系代码，接受方（GSRN）
    gsrn-provider | GS1 service relation, provider (GSRN) | GS1 服务关系代码，提供方（GSRN）
    gdti | GS1 document type (GDTI) | GS1 全球文件类型标识代码（GDTI）
    gcn | GS1 coupon (GCN) | GS1 全球优惠券代码（GCN）
    itip | GS1 piece of a trade item (ITIP) | GS1 贸易项目组件标识（ITIP）
    grai | GS1 returnable asset (GRAI) | GS1 全球可回收资产代码（GRAI）
    gmn | GS1 model number (GMN) | GS1 全球型号代码（GMN）
    ginc | GS1 consignment (GINC) | GS1 全球托运标识代码（GINC）
    giai | GS1 individual asset (GIAI) | GS1 全球单个资产代码（GIAI）
    cpid | GS1 component or part (CPID) | GS1 组件与部件代码（CPID）
    element-string | GS1 element string | GS1 元素字符串
    digital-link | GS1 Digital Link | GS1 Digital Link 链接
    epc-urn | EPC URN | EPC URN
    own-uri | identifier of this platform | 本平台标识
    uri | URI of another domain | 其他域名的 URI
    unknown | not recognised | 无法识别
    """
)

ITEM_KINDS = _words(
    """
    pack | battery pack | 电池包
    module | battery module | 电池模块
    cell | battery cell | 单体电池
    reuse_pack | reuse product: pack | 梯次利用产品（包）
    reuse_module | reuse product: module | 梯次利用产品（模块）
    reuse_cell | reuse product: cell | 梯次利用产品（单体）
    vehicle | vehicle | 车辆
    lot | lot | 批次
    other | other | 其他
    """
)

LABELS = _words(
    """
    vendor | maker's code | 厂商代码
    kind | product type | 产品类型
    chemistry | battery type | 电池类型
    specification | specification code | 规格代码
    tracing | tracing code | 追溯信息代码
    day | day of production | 生产日期
    serial | serial number | 序列号
    reuse_kind | type of the reuse product | 梯次利用产品类型
    wmi | world maker identifier | 世界制造厂识别代号
    type | vehicle descriptor | 车辆说明部分
    check | check digit | 校验位
    model_year | model year | 车型年份
    plant | plant | 装配厂
    department | registering department | 登记管理部门
    organisation_kind | kind of organisation | 机构类别
    area | area of registration | 登记管理机关行政区划
    organisation | organisation code | 主体标识码（组织机构代码）
    level | level | 级别
    name | name | 名称
    company | company prefix given out by | 厂商识别代码发放机构
    also | may also be | 也可能是
    stem | stem of the link | 链接前缀
    granularity | what it identifies | 标识粒度
    canonical | canonical form | 规范形式
    item | item | 物品标识
    item_kind | kind of item | 物品类型
    party | party | 主体
    site | site | 场所
    material | material | 物料
    lot | lot | 批次
    document_kind | kind of document | 单据类型
    number | number | 编号
    batch | batch | 批次
    domain | domain | 域名
    """
)


@dataclass(frozen=True, slots=True)
class Field:
    """One field of a code: what stands there and what it means, where that can be said."""

    label: Sentence
    value: str
    meaning: Sentence | None = None


def field(name: str, value: str, meaning: Sentence | None = None) -> Field:
    """The field of this name, labelled."""
    return Field(LABELS[name], value, meaning)


@dataclass(frozen=True, slots=True)
class Recognised:
    """What a text is. `diagnosis` is None exactly where it is valid; `remarks` make a valid one doubtful.

    `item` is the key of the item it names, where it names one.
    """

    text: str
    kind: str
    valid: bool
    normalised: str
    fields: Mapping[str, Field] = default(default_factory=dict)
    diagnosis: Diagnosis | None = None
    remarks: tuple[Diagnosis, ...] = ()
    item: str | None = None
    item_kind: str | None = None

    def __post_init__(self) -> None:
        assert self.valid == (self.diagnosis is None), f"{self.text!r}: verdict and diagnosis disagree"

    @property
    def name(self) -> Sentence:
        """What the kind is called."""
        return KINDS[self.kind]

    def json(self) -> dict[str, Any]:
        """The answer for programs."""
        return {
            "text": self.text,
            "kind": self.kind,
            "valid": self.valid,
            "normalised": self.normalised,
            "name": _json_of(self.name),
            "item": self.item,
            "item_kind": self.item_kind,
            "fields": {
                name: {"value": one.value, **_json_of(one.meaning)} for name, one in self.fields.items()
            },
            "diagnosis": _json_of_diagnosis(self.diagnosis) if self.diagnosis else None,
            "remarks": [_json_of_diagnosis(one) for one in self.remarks],
        }


def _json_of(sentence: Sentence | None) -> dict[str, str | None]:
    return {"zh": sentence.zh if sentence else None, "en": sentence.en if sentence else None}


def _json_of_diagnosis(one: Diagnosis) -> dict[str, Any]:
    return {
        "id": one.id,
        **_json_of(one.reason),
        "suggestion": one.suggestion,
        "candidates": list(one.candidates),
    }

"""The steps and states of things and the kinds of custody, in both languages: as they are shown.

>>> STATES["in_use"].zh, HOLDS["missing"].en, STEPS["fed"].zh
('使用中', 'missing', '再生利用')
"""

from suyuan.terms.sentence import Sentence

STATES = {
    "made": Sentence(zh="已生产", en="made"),
    "in_transit": Sentence(zh="在途", en="on the way"),
    "in_stock": Sentence(zh="在库", en="in stock"),
    "assembled": Sentence(zh="已装配", en="assembled"),
    "installed": Sentence(zh="已装车", en="installed"),
    "certified": Sentence(zh="已发合格证", en="certified"),
    "in_use": Sentence(zh="使用中", en="in use"),
    "spare": Sentence(zh="备件在库", en="spare in stock"),
    "removed": Sentence(zh="已拆卸", en="removed"),
    "taken_in": Sentence(zh="报废回收中", en="taken in for scrapping"),
    "collected": Sentence(zh="已回收入库", en="collected"),
    "stored": Sentence(zh="贮存中", en="stored"),
    "disassembled": Sentence(zh="已拆分", en="taken apart"),
    "remade": Sentence(zh="已制成梯次产品", en="re-made into a reuse product"),
    "recycled": Sentence(zh="已再生利用", en="recycled"),
    "consumed": Sentence(zh="已投料", en="consumed"),
    "disposed": Sentence(zh="已处置", en="disposed of"),
    "exported": Sentence(zh="已出口", en="exported"),
    "destroyed": Sentence(zh="已销毁", en="destroyed"),
    "lost": Sentence(zh="丢失", en="lost"),
    "missing": Sentence(zh="缺失", en="missing"),
    "stolen": Sentence(zh="被盗", en="stolen"),
}

HOLDS = {
    "party": Sentence(zh="在", en="with"),
    "in_transit": Sentence(zh="在途", en="on the way"),
    "owner": Sentence(zh="在车主处", en="with its owner"),
    "inside": Sentence(zh="装于", en="in"),
    "abroad": Sentence(zh="出口途中", en="on the way abroad"),
    "consumed": Sentence(zh="已投料，不复存在", en="consumed, exists no longer"),
    "gone": Sentence(zh="已灭失", en="exists no longer"),
    "missing": Sentence(zh="下落不明", en="missing"),
}
"""Before whoever holds it."""

STEPS: dict[str, Sentence] = {
    key: Sentence(zh=zh, en=en)
    for key, zh, en in (
        ("made", "生产", "made"),
        ("assembled", "装配", "assembled"),
        ("shipped", "交出", "shipped"),
        ("received", "接收", "received"),
        ("installed", "装车", "installed"),
        ("certified", "合格证", "certificate of conformity"),
        ("sold", "销售", "sold"),
        ("stocked", "备件入库", "spare in stock"),
        ("replaced", "维修更换", "replaced"),
        ("repaired", "维修", "repaired"),
        ("swapped", "换电", "swapped"),
        ("measured", "检测", "measured"),
        ("exported", "出口", "exported"),
        ("taken_in", "报废回收", "taken in for scrapping"),
        ("removed", "拆卸", "removed"),
        ("vehicle_gone", "拆解完成", "vehicle dismantled"),
        ("collected", "回收入库", "collected"),
        ("stored", "贮存", "stored"),
        ("taken_apart", "拆分", "taken apart"),
        ("remade", "制成梯次产品", "re-made"),
        ("fed", "再生利用", "process run"),
        ("product_out", "产品出库", "product out"),
        ("destroyed", "销毁", "destroyed"),
        ("lost", "丢失或被盗", "lost or stolen"),
        ("packed", "包装", "packed"),
        ("unpacked", "拆包", "unpacked"),
        ("other", "其他", "other"),
    )
}

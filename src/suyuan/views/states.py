"""The states of things, in both languages.

>>> STATES["in_use"].zh
'在用'
"""

from suyuan.terms.sentence import Sentence

STATES = {
    "made": Sentence(zh="已生产", en="made"),
    "in_transit": Sentence(zh="在途", en="on the way"),
    "in_stock": Sentence(zh="在库", en="in stock"),
    "assembled": Sentence(zh="已装配", en="assembled"),
    "installed": Sentence(zh="已装车", en="installed"),
    "certified": Sentence(zh="已发合格证", en="certified"),
    "in_use": Sentence(zh="在用", en="in use"),
    "spare": Sentence(zh="备件", en="spare part"),
    "removed": Sentence(zh="已拆下", en="removed"),
    "taken_in": Sentence(zh="已报废回收", en="taken in for scrapping"),
    "collected": Sentence(zh="已回收", en="collected"),
    "stored": Sentence(zh="贮存中", en="stored"),
    "disassembled": Sentence(zh="已拆分", en="taken apart"),
    "remade": Sentence(zh="已制成再利用产品", en="re-made into another product"),
    "recycled": Sentence(zh="已再生利用", en="recycled"),
    "consumed": Sentence(zh="已投料", en="fed to a batch"),
    "disposed": Sentence(zh="已处置", en="disposed of"),
    "exported": Sentence(zh="已出口", en="exported"),
    "destroyed": Sentence(zh="已销毁", en="destroyed"),
    "lost": Sentence(zh="丢失", en="lost"),
    "missing": Sentence(zh="缺失", en="missing"),
    "stolen": Sentence(zh="被盗", en="stolen"),
}

HOLDS = {
    "party": Sentence(zh="由其持有", en="held by"),
    "in_transit": Sentence(zh="在途，移交方负责", en="on the way; the giver answers"),
    "owner": Sentence(zh="车主", en="the owner"),
    "inside": Sentence(zh="装于其中", en="inside of"),
    "abroad": Sentence(zh="出口在途或已在境外", en="on its way abroad, or abroad"),
    "consumed": Sentence(zh="已投入加工", en="consumed by a process run"),
    "gone": Sentence(zh="已不存在", en="exists no longer"),
    "missing": Sentence(zh="下落不明", en="missing"),
}
"""Kinds of custody."""

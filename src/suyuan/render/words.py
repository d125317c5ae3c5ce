"""Words of answers in both languages, as they stand on the official forms.

>>> word("in_use", "zh"), word("sy:unheard-of", "en")
('使用中', 'sy:unheard-of')
"""

from functools import cache

from suyuan.standards.forms import form
from suyuan.standards.shapes import Word
from suyuan.standards.tables import table
from suyuan.terms.sentence import Lang, Sentence
from suyuan.views.states import HOLDS, STATES, STEPS

WORDS: dict[str, Sentence] = {
    **STATES,
    **{f"hold-{kind}": said for kind, said in HOLDS.items()},
    **{
        key: Sentence(zh=zh, en=en)
        for key, zh, en in (
            # kinds
            ("pack", "电池包", "pack"),
            ("module", "模块", "module"),
            ("cell", "单体", "cell"),
            ("reuse_pack", "梯次利用电池包", "reuse pack"),
            ("reuse_module", "梯次利用模块", "reuse module"),
            ("reuse_cell", "梯次利用单体", "reuse cell"),
            ("vehicle", "车辆", "vehicle"),
            ("lot", "批料", "lot"),
            ("run", "工序批次", "process run"),
            ("other", "其他物项", "other item"),
            # labels of the trace
            ("state", "状态", "state"),
            ("kind", "类别", "kind"),
            ("since", "自", "since"),
            ("holder", "持有人", "held by"),
            ("answers", "责任人", "answers for it"),
            ("where", "位置", "where it is"),
            ("inside", "所在总成", "inside"),
            ("timeline", "履历", "timeline"),
            ("made_of", "组成与来源", "made of"),
            ("went_into", "去向", "went into"),
            ("became", "再生产出", "what became of it"),
            ("unknown", "未知", "unknown"),
            ("nothing", "无", "nothing"),
            ("day", "日期", "day"),
            ("step", "环节", "step"),
            ("by", "提交人", "submitted by"),
            ("place", "地点", "place"),
            ("from", "交出方", "from"),
            ("to", "接收方", "to"),
            ("with", "关联编码", "with"),
            ("entry", "账本条目", "entry"),
            ("entries", "账本条目", "entries"),
            ("metal", "金属", "metal"),
            ("mass_kg", "质量（kg）", "mass (kg)"),
            ("share", "分摊比例", "share"),
            ("lot_", "批号", "lot"),
            ("vehicles", "车辆", "vehicles"),
            ("holders", "持有人", "holders"),
            ("lots", "批料", "lots"),
            ("reached", "波及编码", "items reached"),
            ("not_found", "账本中没有", "not on the ledger"),
            ("measured", "实测：批料全部来自该物项", "measured: all of the lot is of this item"),
            ("allocated", "分摊", "allocated"),
            ("allocated-mass", "按投料质量分摊", "allocated by mass of input"),
            ("allocated-equal", "按投料件数分摊（质量不全）", "allocated by count (masses not all known)"),
            ("recovered_metal", "再生金属", "metal recovered"),
            ("materials", "全部产出批料", "lots that came of it"),
            ("material", "物料", "material"),
            ("fate", "残余物去向", "fate of residue"),
            ("of_lot", "占批料", "of the lot"),
            ("who", "主体", "who"),
            ("corrected", "更正", "corrections"),
            ("declared_wrong", "已被提交人声明有误，见", "declared wrong by who submitted it, in"),
            (
                "contested",
                "被他人声明有误（不生效），见",
                "declared wrong by somebody else (without effect), in",
            ),
            ("basis", "依据", "basis"),
            ("family", "族谱", "family"),
            ("fields", "编码解析", "what the code says"),
            ("through", "经由", "through"),
            ("known_up_to", "账本条数", "entries known"),
            ("as_of", "截至", "as of"),
        )
    },
}


def word(key: object, lang: Lang) -> str:
    """The word in `lang`; a word that is not ours is shown as it is, '' for None."""
    if key is None:
        return ""
    known = WORDS.get(str(key))
    return known.show(lang) if known else str(key)


def step_name(step: str, biz_step: str | None, lang: Lang) -> str:
    """The step's name; a step of no row shows the word that was submitted."""
    if step == "other" and biz_step:
        return biz_step
    known = STEPS.get(step)
    return known.show(lang) if known else step


@cache
def material_name(code: str, lang: Lang) -> str:
    """The name of a material of lots, without what is explained in brackets; a code of no row is shown as it is."""
    row = table("material", Word).newest.get(code)
    if row is None:  # a word of the forms alone
        listed = form("recycler-batch").sheet("outputs").column("material").choices
        return next(
            (choice.zh if lang == "zh" else choice.en for choice in listed if choice.value == code), code
        )
    return row.name.show(lang).partition("（")[0].partition(" (")[0]

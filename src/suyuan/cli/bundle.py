"""Commands about inspection bundles: make one, check one."""

from datetime import date
from pathlib import Path

from cyclopts import App

from suyuan.cli.options import Common, WrongOption, credit_code
from suyuan.cli.output import console, progress, remark
from suyuan.terms.errors import SuyuanError
from suyuan.usecases import bundle as bundle_
from suyuan.usecases import bundle_check

OK, DATA_ERRORS = 0, 3

bundle = App(
    name="bundle",
    help="Inspection bundles: a report with the proof of every entry that it names. / 检查材料包",
)


@bundle.command
def make(
    *,
    out: Path,
    party: str | None = None,
    case: str | None = None,
    item: str | None = None,
    entries: Path | None = None,
    day: date | None = None,
    common: Common | None = None,
) -> int:
    """Write one signed zip file about a party, a case, an item or some entries, to be checked without the ledger.

    Parameters
    ----------
    out
        The zip file to write.
    party
        Everything found about this party (credit code).
    case
        This case.
    item
        The life of this code, run or lot, and what was found about it.
    entries
        A file with entry numbers, one a line: these entries alone.
    day
        Judge as of that day (YYYY-MM-DD, Asia/Shanghai); today where left out.
    """
    common = common or Common()
    lang = common.language
    if sum(each is not None for each in (party, case, item, entries)) != 1:
        raise WrongOption(
            "say what the bundle is about: one of --party, --case, --item, --entries",
            "请指明材料范围：--party、--case、--item、--entries 之一",
        )
    asked = bundle_.Asked(
        credit_code("--party", party), case, item, bundle_.sequence_numbers(entries) if entries else None, day
    )
    with common.opened() as workspace, progress("bundle") as advance:
        remark(workspace.remarks(), lang)
        made = bundle_.make(workspace, asked, lang, lambda done, total: advance(done, total, done))
    _write(out, made.data)
    console().print(
        f"{out}：{made.entries:,} 条账本条目，出自 {made.documents:,} 份文件，账本共 {made.size:,} 条；核验：suyuan bundle check {out}"
        if lang == "zh"
        else f"{out}: {made.entries:,} entries of {made.documents:,} documents, proven in a ledger of {made.size:,}; check it: suyuan bundle check {out}",
        markup=False,
    )
    return OK


def _write(out: Path, data: bytes) -> None:
    try:
        out.write_bytes(data)
    except OSError as error:
        raise SuyuanError(
            f"cannot write {out}: {error.strerror}", f"无法写入 {out}：{error.strerror}"
        ) from error


@bundle.command
def check(file: Path, *, key: str | None = None, common: Common | None = None) -> int:
    """Check a bundle: signature, every file, every entry's proof. Needs no workspace. Exit code 3 names what does not agree.

    Parameters
    ----------
    file
        The bundle.
    key
        The public key of the ledger, or a file with it, from whoever keeps the ledger; else the key in the bundle is used.
    """
    zh = (common or Common()).language == "zh"
    out = console()
    try:
        found = bundle_check.check(bundle_check.members_of(file), _given(key))
    except bundle_check.DoesNotAgree as wrong:
        out.print(("不一致：" if zh else "does not agree: ") + wrong.show("zh" if zh else "en"), markup=False)
        return DATA_ERRORS
    out.print(
        f"一致：{found.files} 个文件，{found.entries:,} 条账本条目均在 {found.origin} 的前 {found.size:,} 条之中，规则日 {found.day}"
        if zh
        else f"agrees: {found.files} files; {found.entries:,} entries, all among the first {found.size:,} of {found.origin}; judged as of {found.day}",
        markup=False,
    )
    if key is None:
        out.print(
            f"使用包内公钥；请与账本保管者核对：{found.key}"
            if zh
            else f"checked with the key in the bundle; compare it with the keeper's: {found.key}",
            markup=False,
        )
    return OK


def _given(key: str | None) -> str:
    if key is None:
        return ""
    path = Path(key)
    try:
        return path.read_text(encoding="utf-8") if path.is_file() else key
    except (OSError, UnicodeDecodeError) as error:
        raise SuyuanError(f"cannot read {key}: {error}", f"无法读取 {key}：{error}") from error

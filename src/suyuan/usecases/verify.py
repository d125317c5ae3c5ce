"""Verify: read the whole ledger again and say whether everything agrees, and with a checkpoint kept elsewhere."""

from collections.abc import Callable, Sequence

from suyuan.ledger.damage import Damaged
from suyuan.ledger.verify import Disagreement, Verdict, verify
from suyuan.terms.sentence import Lang, Sentence
from suyuan.usecases.workspace import Workspace


def verify_workspace(
    workspace: Workspace,
    kept: Sequence[str] = (),
    advance: Callable[[int, int], None] = lambda done, total: None,
) -> Verdict:
    """Read entries, tiles, checkpoints, register and kept documents; `kept` are checkpoints from elsewhere.

    Raises NotACheckpoint, NotANote where a kept checkpoint is not one of this ledger.
    """
    try:
        total = workspace.ledger.size
        return verify(
            workspace.ledger.stored(),
            workspace.public_key,
            kept=kept,
            progress=lambda entries: advance(entries, total),
        )
    except Damaged as damage:
        # so broken that it cannot be read to the end: that too is a verdict, not a failure to give one
        return Verdict(
            disagreements=[
                Disagreement("container", workspace.config.record or "ledger.sqlite", damage.sentence)
            ]
        )


def sentence(verdict: Verdict, with_kept: bool) -> Sentence:
    """The verdict in one sentence."""
    first = verdict.first
    if first is not None:
        more = len(verdict.disagreements) - 1
        return Sentence(
            zh=f"账本不一致：{first.reason.zh}" + (f"（另有 {more} 处）" if more else ""),
            en=f"the ledger does not agree: {first.reason.en}" + (f" ({more} more)" if more else ""),
        )
    grown = (
        Sentence(zh="，且自留存的检查点以来只增不改", en=", and has only grown since the kept checkpoint")
        if with_kept
        else Sentence(zh="", en="")
    )
    return Sentence(
        zh=f"已核验：{verdict.entries:,} 条、{verdict.documents:,} 份文件、{verdict.checkpoints:,} 个检查点全部一致{grown.zh}",
        en=f"verified: {verdict.entries:,} entries, {verdict.documents:,} documents, "
        f"{verdict.checkpoints:,} checkpoints, all agree{grown.en}",
    )


def rows(verdict: Verdict, lang: Lang) -> list[dict[str, object]]:
    """Each disagreement as a row, the first one first."""
    return [{"kind": d.kind, "name": d.name, "reason": d.reason.show(lang)} for d in verdict.disagreements]


def summary(verdict: Verdict) -> dict[str, object]:
    """The verdict for programs."""
    return {
        "ok": verdict.ok,
        "entries": verdict.entries,
        "documents": verdict.documents,
        "checkpoints": verdict.checkpoints,
        "root": verdict.head.root.hex() if verdict.head else None,
        "disagreements": rows(verdict, "en"),
    }

"""The command `suyuan`: every command's words and shapes; the work is done by the use cases.

Exit codes: 0 done · 1 could not be done (the message says why) · 2 nothing recorded, or the command was not
understood · 3 done, but the data has faults.
"""

import sys
from collections.abc import Sequence

from cyclopts import App, CycloptsError

from suyuan import __version__
from suyuan.cli import (
    accounts,
    backup,
    bundle,
    capture,
    demo,
    duties,
    judge,
    look_up,
    report,
    score,
    serve,
    simulate,
    standards,
    trace,
    workspace,
)
from suyuan.cli.options import Common, command_first, language_of
from suyuan.cli.output import error_console
from suyuan.terms.errors import SuyuanError

FAILED, NOT_UNDERSTOOD = 1, 2

app = App(
    name="suyuan",
    version=__version__,
    help="溯源 · an open ledger that knows where every power battery is, who answers for it, and what became of it.",
    help_on_error=False,
)
app.command(workspace.init)
app.command(capture.capture)
app.command(capture.template)
app.command(capture.party)
app.command(trace.trace)
app.command(trace.where_used)
app.command(judge.judge)
app.command(judge.cases)
app.command(duties.duties)
app.command(duties.chase)
app.command(report.report)
app.command(bundle.bundle)
app.command(accounts.user)
app.command(accounts.key)
app.command(standards.standards)
app.command(workspace.verify)
app.command(workspace.checkpoint)
app.command(workspace.receipt)
app.command(workspace.rebuild)
app.command(workspace.migrate)
app.command(backup.backup)
app.command(backup.restore)
app.command(workspace.doctor)
app.command(look_up.identify, name="id")
app.command(look_up.event)
app.command(simulate.simulate)
app.command(score.score)
app.command(serve.serve)
app.command(demo.demo)


def run(argv: Sequence[str]) -> int:
    """Run one command line and return its exit code."""
    words = command_first(list(argv))
    lang = language_of(words)
    try:
        result = app(words, exit_on_error=False, print_error=False, result_action="return_value")
    except CycloptsError as wrong:
        error_console().print(f"{wrong}\nsuyuan --help", markup=False)
        return NOT_UNDERSTOOD
    except SuyuanError as wrong:
        error_console().print(("错误：" if lang == "zh" else "error: ") + wrong.show(lang), markup=False)
        return getattr(wrong, "exit_code", FAILED)
    except BrokenPipeError:
        # the reader has seen enough (`suyuan … | head`)
        sys.stderr.close()
        return FAILED
    except KeyboardInterrupt:
        error_console().print(
            "已中断；未完成的文件未被记录"
            if lang == "zh"
            else "interrupted; an unfinished document was not recorded"
        )
        return 130
    return result if isinstance(result, int) else 0


def main() -> None:
    """The console script."""
    sys.exit(run(sys.argv[1:]))


__all__ = ["Common", "app", "main", "run"]

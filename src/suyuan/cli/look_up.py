"""Commands that need no workspace: what a code is, what an event document is worth."""

from pathlib import Path
from typing import Annotated

from cyclopts import App, Parameter

from suyuan.cli.options import Common
from suyuan.cli.output import Format, console, show_rows
from suyuan.usecases import look_up, look_up_events

OK, DATA_ERRORS = 0, 3


def identify(
    *codes: Annotated[str, Parameter(allow_leading_hyphen=True)],
    format: Annotated[Format, Parameter(alias="-f")] = "table",  # noqa: A002  # the option's name
    common: Common | None = None,
) -> int:
    """Say what a code is: battery code, VIN, credit code, area code, GS1 key or Digital Link.

    Exit code 3 where one of them is nothing valid.

    Parameters
    ----------
    codes
        The codes as they stand on the label; `-` reads them from standard input, one a line.
    format
        table, json, ndjson, csv or parquet.
    """
    lang = (common or Common()).language
    answers = look_up.identify(codes)
    if format == "table":
        rows = [row for answer in answers for row in answer.table(lang)]
    else:
        rows = [answer.json() for answer in answers]
    show_rows(rows, format)
    return OK if all(answer.valid for answer in answers) else DATA_ERRORS


event = App(name="event", help="Check EPCIS 2.0 documents and compute event hashes. / 检查 EPCIS 文档")


@event.command
def check(
    file: Path,
    *,
    format: Annotated[Format, Parameter(alias="-f")] = "table",  # noqa: A002  # the option's name
    common: Common | None = None,
) -> int:
    """Give the verdict on an EPCIS document or event (JSON or XML) or an NDJSON file, and each place that is wrong.

    Parameters
    ----------
    file
        The file, `-` for standard input.
    format
        table, json, ndjson, csv or parquet.
    """
    lang = (common or Common()).language
    verdict = look_up_events.check_events(file)
    if format == "table":
        console().print(verdict.sentence(lang))
    if format == "json":
        show_rows([verdict.json()], "ndjson")
    else:
        show_rows(verdict.rows(lang), format)
    return OK if verdict.valid else DATA_ERRORS


@event.command(name="hash")
def hash_(file: Path, *, common: Common | None = None) -> int:  # options stay alike
    """Print the CBV 2.0 event hash of every event, one `ni:///…` a line, in document order.

    Parameters
    ----------
    file
        The file, `-` for standard input.
    """
    for line in look_up_events.hash_events(file):
        print(line)
    return OK

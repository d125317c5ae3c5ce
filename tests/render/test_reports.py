"""One report, rendered as page, workbook, PDF, JSON, CSV and Parquet: the same figures everywhere, the same bytes every time."""

import csv
import io
import json
import re
from datetime import UTC, date, datetime
from decimal import Decimal
from html.parser import HTMLParser

import openpyxl
import pyarrow.parquet as pq
import pytest
from tests.render.test_charts import BALANCE, LIFE, LOOP

from suyuan.render import pdf, report_data, report_html, report_xlsx
from suyuan.render.charts.svg import width
from suyuan.reports.report import Cell, Column, Kind, MadeFrom, Report, Section, Value, shown, table
from suyuan.terms.sentence import Lang, Sentence

CODE = "9B1PE050000001G510000001"
CODES = Column("code", Sentence("编码", "code"), Kind.CODE)
MASSES = Column("mass", Sentence("质量", "mass"), Kind.NUMBER, "kg", 1)
SHARES = Column("share", Sentence("回收率", "recovery"), Kind.NUMBER, "%")
DAYS = Column("day", Sentence("日期", "day"), Kind.DAY)
NOTES = Column("note", Sentence("说明", "note"))
LAW = "recovery/nickel/2024-12-16"
ROWS: list[tuple[Cell | Value, ...]] = [
    (CODE, Cell(Decimal("412.25"), (7, 9)), Cell(Decimal("98.123"), (9, 12), LAW, False), date(2026, 5, 31), Sentence("好", "fine")),
    ("0001", Cell(1234567, (1,)), None, None, "=HYPERLINK(1)"),
]  # fmt: skip
AT = datetime(2026, 5, 31, 10, 0, 0, 500000, tzinfo=UTC)
MADE = MadeFrom(
    "w3id.org/suyuan/log/abc123", 13, "gSKyXoYZUgZ6jduWYrkDOARinOMGJveXjgMkBTcdPlQ=", AT, date(2026, 5, 31)
)


def report(sections: tuple[Section, ...] | None = None, about: str = "about 𠮷 Škoda\x01") -> Report:
    figures = table([CODES, MASSES, SHARES, DAYS, NOTES], ROWS)
    return Report(
        Sentence("核查材料", "Inspection bundle"), Sentence(about, about),
        sections or (
            Section(Sentence("数字", "Figures: a/b"), (Sentence("说明一", "said one"),), figures),
            Section(Sentence("数字", "Figures: a/b"), (), None, LIFE),
            Section(Sentence("去向", "Flows"), (), figures, LOOP),
            Section(Sentence("平衡", "Balance"), (), None, BALANCE),
        ),
        MADE, (Sentence("演示", "demonstration"),),
    )  # fmt: skip


def test_a_report_names_every_entry_and_row_of_law_behind_it() -> None:
    assert report().entries == (0, 1, 3, 7, 9, 12)  # 0 of the timeline, 3 of the flows
    assert report().law == (LAW,)


def test_what_nobody_looked_up_is_marked_wherever_it_is_read() -> None:
    cell = Cell(Decimal("98.123"), (), LAW, False)
    assert (shown(cell, SHARES, "zh"), shown(cell, SHARES, "en")) == (
        "98.123（未核实）",
        "98.123 (not verified)",
    )
    assert "98.123（未核实）" in report_html.page(report(), "zh")
    assert '"verified": false' in report_data.as_json(report(), "zh").decode()


class Page(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_page_runs_nothing_loads_nothing_and_opens_figures_to_entries(lang: Lang) -> None:
    text = report_html.page(report(about="<script>alert(1)</script>"), lang)
    page = Page()
    page.feed(text)
    assert not {tag for tag, _ in page.tags} & {"script", "link", "img", "iframe", "object", "embed", "base"}
    assert not [a for _, at in page.tags for a in at if a.startswith("on") or a in ("src", "href")]
    policies = [at["content"] for _, at in page.tags if at.get("http-equiv") == "Content-Security-Policy"]
    assert policies == ["default-src 'none'; style-src 'unsafe-inline'; img-src data:"]
    ids = re.findall(r' id="([^"]+)"', text)
    assert len(ids) == len(set(ids))
    assert "7, 9" in text
    assert LAW in text


def test_the_workbook_has_codes_as_texts_figures_as_numbers_and_no_formula() -> None:
    book = openpyxl.load_workbook(io.BytesIO(report_xlsx.workbook(report(), "en")))
    assert book.sheetnames == [
        "about",
        "Figures  a b",
        "Figures  a b-2",
        "Flows",
        "Flows · figures of the chart",
        "Balance",
    ]
    sheet = book["Figures  a b"]
    rows = list(sheet.iter_rows(values_only=True))
    assert rows[0] == (
        "code",
        "mass (kg)",
        "recovery (%)",
        "day",
        "note",
        "entries",
        "row of law",
        "verified",
    )
    assert rows[1] == (CODE, 412.25, 98.123, datetime(2026, 5, 31), "fine", "7 9 12", LAW, "not verified")
    assert rows[2][:5] == ("0001", 1234567, None, None, "=HYPERLINK(1)")
    assert [cell.data_type for cell in sheet[3]][:5] == ["s", "n", "n", "n", "s"]
    assert sheet["A2"].number_format == "@"
    created: object = getattr(book, "properties").created  # noqa: B009  # its stubs do not know it
    assert created == datetime(2026, 5, 31, 10, 0)


def test_json_csv_and_parquet_say_the_same_figures_exactly() -> None:
    told = json.loads(report_data.as_json(report(), "en"), parse_float=Decimal)
    first = told["sections"][0]["tables"][0]["rows"][0]
    assert first["share"] == {"value": Decimal("98.123"), "entries": [9, 12], "law": LAW, "verified": False}
    assert first["code"] == CODE
    assert told["entries"] == list(report().entries)
    lines = list(csv.DictReader(io.StringIO(report_data.as_csv(report(), "en"))))
    columnar = pq.read_table(io.BytesIO(report_data.as_parquet(report(), "en"))).to_pylist()
    assert len(lines) == len(columnar) > 20
    for line, row in zip(lines, columnar, strict=True):
        assert (line["section"], line["column"], line["entries"]) == (
            row["section"],
            row["column"],
            " ".join(map(str, row["entries"])),
        )
        assert line["value"].removeprefix("'") == row["value"]
    assert [line["value"] for line in lines if line["column"] == "note"][1] == "'=HYPERLINK(1)"


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_every_form_is_the_same_bytes_each_time(lang: Lang) -> None:
    for made in (report_xlsx.workbook, report_data.as_json, report_data.as_parquet, pdf.pdf):
        assert made(report(), lang) == made(report(), lang)


def test_the_pdf_is_of_the_archival_kind_dated_by_the_ledger_and_holds_its_fonts() -> None:
    made = pdf.pdf(report(), "zh")
    assert made.startswith(b"%PDF-1.7")
    assert b"<pdfaid:part>2</pdfaid:part>" in made
    assert b"<pdfaid:conformance>A</pdfaid:conformance>" in made
    assert b"2026-05-31T10:00:00" in made
    named = set(re.findall(rb"/BaseFont\s*/(?:[A-Z]{6}\+)?([\w-]+)", made))
    assert {name.split(b"-Identity")[0] for name in named} <= {
        b"NotoSansCJKsc-Regular",
        b"LibertinusSerif-Regular",
    }


def test_every_character_of_the_list_is_in_the_font() -> None:
    """An archival PDF is refused for a character without a glyph."""
    every = "".join(sorted(pdf._characters() - {"\n"}))
    assert len(every) > 7500
    assert pdf.pdf(report((Section(Sentence(every, every)),)), "zh")


def test_a_character_that_cannot_be_printed_is_told_by_its_number() -> None:
    assert pdf.covered("吉\u0007𠮷") == "吉〔U+0007〕〔U+20BB7〕"


def test_a_long_table_breaks_over_pages_and_says_what_is_left_out() -> None:
    few, many = (table([CODES, MASSES], [(f"{n:024}", n) for n in range(rows)]) for rows in (20, 2500))
    short, long = (_pages(report((Section(Sentence("表", "table"), (), each),))) for each in (few, many))
    assert short == 1
    assert 30 < long < 50
    told = pdf._told(report((Section(Sentence("表", "table"), (), many),)), "en")
    assert told["sections"][0]["tables"][0]["notes"] == [
        "2,000 of 2,500 rows are listed here; the workbook and the JSON have all"
    ]


def _pages(made: Report) -> int:
    found = re.search(rb"/Type\s*/Pages\s*/Count (\d+)", pdf.pdf(made, "en"))
    assert found is not None
    return int(found[1])


def test_a_crowded_table_lies_and_the_long_text_gets_what_is_left() -> None:
    """Eleven figures and a reason of two hundred letters: the reason stands on a few lines, the figures whole."""
    counts = [Column(f"n{at}", Sentence("数量", "number of things"), Kind.NUMBER) for at in range(11)]
    row: list[Value] = [*range(1_000_000, 1_000_011), "a reason " * 24]
    crowded = table([*counts, Column("why", Sentence("原因", "why"))], [row])
    page = pdf._told(report((Section(Sentence("表", "table"), table=crowded),)), "en")
    widths = [column["w"] for column in page["sections"][0]["tables"][0]["columns"]]
    assert page["wide"]
    assert widths[-1] > 3 * max(widths[:-1])
    assert min(widths[:-1]) > width("1,000,000", 1)
    assert not pdf._told(report(), "en")["wide"]

"""The page of submission forms, from `suyuan.standards.submissions`."""

from tools.reference.markdown import cell, page, table

from suyuan.standards.forms import Column, Form, Sheet, forms

INTRO = """\
`suyuan template ROLE` writes a form as a workbook: instructions in both languages, drop-downs, code columns typed as text. A filled form may
come as xlsx, xls, ods or csv (UTF-8 or GB18030); a CSV file is one sheet. Columns are known by their header in either language, by their key,
and by the aliases that firms use in their own sheets; their order does not matter, and what is no column of the form is passed over and
said so.

Headers of the official annex could not be read where no clause is named: they follow a public upload client. *Clause* names document and
place in the [register](tables.md#documents).
"""

KINDS = {"P": "pack", "M": "module", "C": "cell"}


def text() -> str:
    """The whole page."""
    overview = table(
        ("role", "表", "form", "clause"),
        [(f"[{form.role}](#{form.role})", form.zh, form.en, form.cites) for form in forms()],
    )
    return page("Forms", INTRO, overview, *map(_form, forms()))


def _form(form: Form) -> str:
    parts = [f"## {form.role}", f"**{form.zh} · {form.en}**", f"{form.help_zh}", f"{form.help_en}"]
    return "\n\n".join([*parts, *map(_sheet, form.sheets)])


def _sheet(sheet: Sheet) -> str:
    rows = [
        (
            column.zh,
            column.en,
            f"`{column.key}`",
            _type(column),
            _required(column),
            column.cites,
            _note(column),
        )
        for column in sheet.columns
    ]
    head = f"### {sheet.zh} · {sheet.en}"
    unique = (
        f"\n\nNo two rows are the same in {', '.join(f'`{key}`' for key in sheet.unique)}."
        if sheet.unique
        else ""
    )
    return f"{head}\n\n{table(('列', 'column', 'key', 'type', 'required', 'clause', 'note'), rows)}{unique}"


def _type(column: Column) -> str:
    if column.type == "choice":
        return "one of: " + ", ".join(f"{choice.zh} ({choice.en})" for choice in column.choices)
    told = column.type.replace("_", " ")
    if column.kinds:
        told += (
            " (" + ", ".join(KINDS[kind] for kind in column.kinds) + (", reuse" if column.reuse else "") + ")"
        )
    if column.unit:
        told += f" in {column.unit}"
    if column.min is not None or column.max is not None:
        least, most = column.min, column.max
        told += f", {'' if least is None else f'{least:g}'} … {'' if most is None else f'{most:g}'}"
    return told + ("; several in one cell" if column.many else "")


def _required(column: Column) -> str:
    if column.required:
        return "yes"
    if column.required_when:
        return f"if {column.required_when}"
    return f"unless {column.required_unless}" if column.required_unless else ""


def _note(column: Column) -> str:
    parts = [column.note_zh, column.note_en, f"e.g. {column.example}" if column.example else ""]
    return cell("; ".join(filter(None, parts))).replace("\\|", "|")

"""What can be wrong with a workbook as a whole."""

from suyuan.terms.errors import SuyuanError


class DamagedWorkbook(SuyuanError):
    """A file that is no workbook, or a broken one."""


class WorkbookTooBig(SuyuanError):
    """A workbook that unpacks to more than anybody fills in by hand, or that says it does."""


class WorkbookTooSlow(SuyuanError):
    """A workbook whose reading took longer than allowed."""


class ProtectedWorkbook(SuyuanError):
    """A workbook that wants a password."""


class FormUnclear(SuyuanError):
    """A workbook that fits several forms equally well."""

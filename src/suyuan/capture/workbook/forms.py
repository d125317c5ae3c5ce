"""The submission forms, as importer, template and tests name them; they are data of `suyuan.standards.forms`."""

from suyuan.standards.forms import VERSION, Choice, Column, Form, Sheet, UnknownForm, form, forms

__all__ = ["VERSION", "Choice", "Column", "Form", "Sheet", "UnknownForm", "form", "forms"]

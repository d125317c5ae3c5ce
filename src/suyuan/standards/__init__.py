"""Figures and code lists of law and standard as data: dated, cited, marked."""

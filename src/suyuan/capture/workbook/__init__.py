"""Submission workbooks: xlsx, xls, xlsb, ods and csv, read in a jail, judged cell by cell, turned into events."""

"""Judging: each rule is an expression of views that yields findings, with its clause."""

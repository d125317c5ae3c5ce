"""Planted lies by family: every module of this package with `LIES` (or `FIRM_LIES`) adds its kinds."""

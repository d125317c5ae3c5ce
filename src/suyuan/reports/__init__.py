"""Answers that are read and sent: what was found, in words; who owes what; tables, dossiers and bundles of it."""

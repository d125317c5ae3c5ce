"""Lawful made-up worlds with planted faults and their ground truth."""

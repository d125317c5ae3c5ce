"""Adding up: mass balance, recovery, producer responsibility."""

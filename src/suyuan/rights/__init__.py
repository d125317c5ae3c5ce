"""Who may do what with whose things: one table (`standards/rows/rights.toml`), asked by every door."""

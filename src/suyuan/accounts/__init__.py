"""Accounts: where the mass and the metals went, which figure cannot be true, what was recovered, what producers answer for."""

"""The verbs: capture, trace, verify; workspace opens the world."""

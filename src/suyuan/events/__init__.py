"""EPCIS 2.0: shapes, vocabulary, canonical bytes, event id, corrections, JSON-LD in and out."""

"""Words that every room shares: sentences, findings, places, citations, instants, errors."""

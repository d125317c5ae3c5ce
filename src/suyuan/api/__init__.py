"""The HTTP face: EPCIS 2.0 REST binding at `/`, our own API under `/api/v1`. It chooses words and shapes; verbs are use cases."""

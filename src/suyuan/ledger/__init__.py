"""The log and its proofs: bytes of an entry, Merkle tree, tiles, signed checkpoints, receipts, verification."""

"""What the entries amount to: timeline, lifecycle, custody, lineage, flows; Ibis expressions."""

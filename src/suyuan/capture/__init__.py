"""Documents in, events and row findings out: importers behind one port."""

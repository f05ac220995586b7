"""Links to other data sets, as values: judgements, the ledger that keeps them, and how they are written."""

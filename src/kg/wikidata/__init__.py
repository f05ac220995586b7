"""Asking Wikidata: the only code that calls out, and only when a command that says so is run by hand."""

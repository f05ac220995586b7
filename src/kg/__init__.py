"""coalition-kg: a knowledge graph of who committed what, in which forum, on what condition, and who says so."""

__version__ = "0.1.0"

"""What the pages about the graph say, apart from how they look: read from triples, with no web and no disk."""

"""Browsing and searching what a graph describes: an index of items by words and by facets, and what is asked of it."""

"""Writing new nodes: what the shapes ask of a class, what there is to choose from, and terms from what is typed."""

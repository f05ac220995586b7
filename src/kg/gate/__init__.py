"""The gate: is what somebody states fit to be served? Of the whole repository (``whole``), and of a contribution.

Judged is what is asserted, with the class hierarchy that the ontology asserts, and never what is inferred: a type
that follows from a domain or range would satisfy the very ``sh:class`` that is there to catch the slip.
"""

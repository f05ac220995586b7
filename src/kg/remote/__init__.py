"""Asking other SPARQL services on behalf of a query: the only code of the endpoint that connects to anybody else."""

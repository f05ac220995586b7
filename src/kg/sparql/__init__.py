"""SPARQL as the endpoint speaks it: requests, the guard before the engine, negotiation, results, descriptions."""

"""The W3C's test suites for SPARQL, asked of a running server over HTTP: read, run, compared, reported."""

"""A request of the SPARQL 1.1 Protocol, as SPARQLWrapper writes it."""

from __future__ import annotations

import urllib.request

from SPARQLWrapper import JSON, POST, SPARQLWrapper


def request_for(endpoint: str, query: str, agent: str) -> urllib.request.Request:
    """The request that asks an endpoint a query for JSON.

    It is made by SPARQLWrapper, and sent by ``kg.wikidata.transport`` like every other: SPARQLWrapper itself would
    follow a redirect to any host, never wait when it is told to, and take a page in HTML for an answer.
    """
    wrapper = SPARQLWrapper(endpoint, agent=agent)
    wrapper.setQuery(query)
    wrapper.setReturnFormat(JSON)
    wrapper.setMethod(POST)
    return wrapper._createRequest()

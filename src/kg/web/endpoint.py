"""The SPARQL endpoint at ``/sparql``: queries, the form for readers, the service description for programmes."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass, replace
from functools import lru_cache

from flask import Blueprint, Response, g, request
from werkzeug.sansio.utils import get_current_url

from kg import binding
from kg.errors import NotFound, RequestError
from kg.model import Answer, Query, Snapshot
from kg.settings import Settings
from kg.sparql import federation, guard, negotiate, protocol
from kg.sparql.describe import service
from kg.sparql.negotiate import Choice
from kg.sparql.results import write_graph
from kg.sparql.stable import is_stable
from kg.web import answerpage, answers, citing, editing, evidence, federated, reasons, wellknown
from kg.web.citing import Citable
from kg.web.front import FAILED, QUERY
from kg.web.security import preflight
from kg.web.site import Site, language, site
from kg.workers import Pool
from kg.workers.begun import Begun

_RULES = ("/sparql", "/sparql/")
#: Answer of which a page is made; reading one takes many times its size.
_PAGE_BYTES = 4_000_000
_DESCRIPTION_BYTES = 1_000_000
#: What else than the address an answer depends on.
VARY = "Accept, Accept-Language"


@dataclass(frozen=True)
class Guarded:
    """A query that may run: itself, its form, the request it came in, and its clauses that ask other services."""

    query: Query
    form: str
    request: protocol.QueryRequest
    clauses: tuple[federation.Clause, ...] = ()

    @property
    def is_graph(self) -> bool:
        """True if the answer is a graph."""
        return self.form in ("CONSTRUCT", "DESCRIBE")

    @property
    def formats(self) -> tuple[negotiate.Format, ...]:
        """What the answer can be written as, for programmes."""
        return evidence.FORMATS if self.request.evidence else negotiate.written_as(self.form)


@dataclass(frozen=True)
class Run:
    """A query that may run, and all that decides its answer."""

    asked: Guarded
    citable: Citable

    @property
    def key(self) -> str | None:
        """What the answer is kept under, if it may be."""
        return self.citable.key if self.citable.stable else None


def blueprint() -> Blueprint:
    """The routes of the endpoint, with and without a slash at the end, and as the name of a file for people."""
    routes = Blueprint("endpoint", __name__)
    methods = [method for method in protocol.METHODS if method != "OPTIONS"]
    allowed = ", ".join(sorted(protocol.METHODS))
    for number, rule in enumerate(_RULES):
        routes.add_url_rule(rule, f"sparql{number}", sparql, methods=methods, provide_automatic_options=False)
        routes.add_url_rule(
            rule, f"preflight{number}", lambda: preflight(allowed), methods=["OPTIONS"], provide_automatic_options=False
        )
    routes.add_url_rule("/sparql.<ending>", "file", sparql)
    routes.after_app_request(_tell_of_query)
    return routes


def _tell_of_query(response: Response) -> Response:
    """Say what the method QUERY takes and where data set and service are described, also where a request is refused."""
    if request.path in _RULES:
        response.headers.extend(told_of_query(request.script_root))
    return response


def told_of_query(root: str) -> Iterator[tuple[str, str]]:
    """The headers that say so, below the path ``root`` of the server."""
    yield "Accept-Query", protocol.ACCEPT_QUERY
    yield "Link", f'<{root}/void>; rel="describedby"'
    yield "Link", wellknown.service_link(root)


def sparql(ending: str = "") -> Response:
    """The query operation (SPARQL 1.1 Protocol, section 2.1), or the endpoint itself if there is no query.

    ``ending`` is that of the file name asked for, which chooses the format. Raises NotFound if it is of none.
    """
    body = request.get_data(cache=False) if request.method in protocol.WITH_BODY else b""
    asked = protocol.parse(request.method, request.query_string, request.headers.get("Content-Type"), body)
    return answer(asked, ending)


def answer(asked: protocol.QueryRequest, ending: str = "") -> Response:
    """The response to a request, in the format that an ending of a file name stands for, if there is one."""
    if ending and ending.lower() not in negotiate.ENDINGS:
        raise NotFound(f"There is no format with the ending {ending[:60]!r}.", remedy="Try .csv, .json or .ttl.")
    if ending:
        asked = replace(asked, formats=(ending,))
    # For the page of an error, so that nobody has to type a query twice.
    g.asked = asked
    if asked.query:
        request.environ[QUERY] = asked.query
    # Also where there is no query that could take so long.
    answers.deadline(asked.timeout, site().settings)
    site().answer_from(asked.snapshot)
    response = _describe(asked) if asked.query is None else _answer(asked, asked.query)
    response.headers["Vary"] = VARY
    return response


def own_address() -> str:
    """The address of the endpoint for the request that is answered."""
    return address(request.scheme, request.host, request.root_path)


@lru_cache(64)
def address(scheme: str, host: str, root: str) -> str:
    """The address of the endpoint, the same however it was asked: what is beside it is found from there."""
    return get_current_url(scheme, host, root, _RULES[0])


def guarded(
    asked: protocol.QueryRequest, text: str, settings: Settings, base: str, services: Collection[str] = ()
) -> Guarded:
    """The query to run, past the guard, which lets it ask these other services. Raises QueryError, RequestError.

    The day is bound here, so that the guard also sees the text that will run.
    """
    limits = guard.Limits(length=settings.max_query_length, nesting=settings.max_nesting)
    form = guard.inspect(text, limits, services)
    if asked.as_of:
        text = binding.bind(text, {binding.AS_OF: asked.as_of})
        guard.inspect(text, guard.Limits(length=2 * limits.length, nesting=limits.nesting), services)
    clauses = federation.asking(federation.clauses(text, services)) if services else ()
    if clauses:
        federated.check(asked)
    return Guarded(Query(text, asked.default_graphs, asked.named_graphs, base=base), form, asked, clauses)


def prepared(asked: protocol.QueryRequest, text: str, accept: str | None, *, page: bool = False) -> Run:
    """A query that may run, from the snapshot that answers this request, in the format chosen, which may be a ``page``.

    Raises QueryError, RequestError and NotAcceptable.
    """
    run = guarded(asked, text, site().settings, own_address(), site().services)
    spoken = language() if asked.evidence or asked.explain else ""
    return chosen(run, accept, site().snapshot, spoken, page=page)


def chosen(run: Guarded, accept: str | None, snapshot: Snapshot, spoken: str = "", *, page: bool = False) -> Run:
    """The same for a query past the guard, a snapshot and a language to explain in, whatever request is answered."""
    offered = (*run.formats, negotiate.HTML) if page else run.formats
    choice = negotiate.choose(accept, run.request.formats, offered)
    return Run(run, _citable(run, snapshot, choice, spoken))


def _citable(run: Guarded, snapshot: Snapshot, choice: Choice, spoken: str) -> Citable:
    stable = not run.clauses and is_stable(run.query.text, run.form)
    return Citable(snapshot, run.query, run.request, choice, spoken, stable, elsewhere=bool(run.clauses))


def asked_for(run: Run) -> Answer:
    """The answer, from those kept or by asking the workers, whose errors it raises."""
    failed = request.environ.get(FAILED)
    if failed:
        raise failed
    return answered(run, site(), site().pool, answers.may_stream(request.environ))


def answered(run: Run, here: Site, pool: Pool, streaming: bool) -> Answer:
    """The same, whatever request is answered; ``streaming`` as in ``Pool.ask``."""
    asked = run.asked.request
    if asked.evidence:
        deadline, written = answers.deadline(asked.timeout, here.settings), evidence.written_as(run.citable.choice)
        return here.kept(
            run.key, lambda: pool.ask_with_evidence(run.asked.query, written, deadline=deadline, limit=asked.limit)
        )
    if run.asked.clauses:
        format = run.citable.choice.format
        found = federated.answered(run.asked.query, run.asked.clauses, asked, here, pool, format.name)
        return federated.noted(found, format)
    return here.kept(run.key, lambda: begun(run, here, pool, streaming).finish())


def begun(run: Run, here: Site, pool: Pool, streaming: bool) -> Begun:
    """The question to the workers, without evidence, not asked yet. Raises RequestError."""
    asked = run.asked.request
    deadline = answers.deadline(asked.timeout, here.settings)
    name = run.citable.choice.format.name
    return pool.begin(run.asked.query, name, deadline=deadline, limit=asked.limit, streaming=streaming)


def _answer(asked: protocol.QueryRequest, text: str) -> Response:
    if asked.explain and asked.evidence:
        raise RequestError("Evidence is of rows, and explain is for none.", remedy="Ask for one of the two.")
    if asked.explain:
        query = guarded(asked, text, site().settings, own_address(), site().services).query
        return reasons.explain(query, asked, answers.deadline(asked.timeout, site().settings))
    run = prepared(asked, text, request.headers.get("Accept"), page=True)
    citable = run.citable
    if citable.choice.format is negotiate.HTML and asked.evidence:
        whole = replace(citable, choice=Choice(evidence.JSON, evidence.JSON.media_type))
        return evidence.as_page(asked_for(run), asked, whole)
    if citable.choice.format is negotiate.HTML:
        return _as_page(run.asked, run.asked.is_graph)
    unchanged = citable.not_modified()
    if unchanged:
        return unchanged
    found = asked_for(run)
    response = answers.respond(found, citable.choice.content_type, asked.limit)
    response.headers.extend(federated.headers(found))
    return citable.mark(response, found)


def _as_page(run: Guarded, is_graph: bool) -> Response:
    """The answer as a page: a table with links, yes or no, or Turtle."""
    written = negotiate.TURTLE if is_graph else negotiate.JSON
    citable = _citable(run, site().snapshot, Choice(written, written.media_type), language())
    key = citable.key if citable.stable else None
    kept = site().found(key)
    answer = kept if kept and len(kept.body) <= _PAGE_BYTES else None
    from_cache = answer is not None
    if answer is None:
        age = site().answers.age
        answer = site().keep(key, _for_page(run, written.name), age)
    shown = answerpage.shown(answer, run.request, is_graph=is_graph, from_cache=from_cache, stable=citable.stable)
    shown["code"] = answerpage.code(own_address(), run.request, run.form)
    shown["form_of_query"] = run.form
    downloads = answerpage.downloads(run.formats)
    response = editing.form_page(run.request, downloads=downloads, citable=citable, services=answer.asked, **shown)
    response.headers.extend(federated.headers(answer))
    response.headers["Cache-Control"] = citing.PAGE if citable.stable else citing.NEVER
    if run.request.as_of:
        response.headers["KG-As-Of"] = run.request.as_of
    return response


def _for_page(run: Guarded, format: str) -> Answer:
    """The answer that a page is made of. Raises as ``Pool.ask`` does."""
    here = site()
    if run.clauses:
        return federated.answered(run.query, run.clauses, run.request, here, here.pool, format, _PAGE_BYTES)
    deadline = answers.deadline(run.request.timeout, here.settings)
    return here.pool.ask(run.query, format, deadline=deadline, limit=run.request.limit, most=_PAGE_BYTES)


def _describe(asked: protocol.QueryRequest) -> Response:
    """The form for a reader, the service description (SPARQL 1.1 Service Description) for a programme."""
    choice = negotiate.choose(request.headers.get("Accept"), asked.formats, (*negotiate.GRAPHS, negotiate.HTML))
    if choice.format is negotiate.HTML:
        return editing.form_page(asked)
    return description(own_address(), choice)


def description(endpoint: str, choice: Choice) -> Response:
    """The service description of the endpoint at this address, as RDF."""
    triples = site().pool.snapshot.counts.get("default_graph", 0)
    limits, documents = wellknown.limits(site().settings), wellknown.addresses()
    description = service(endpoint, site().graph_sizes(), triples, limits, documents, site().services)
    return Response(write_graph(description, choice.format.name, _DESCRIPTION_BYTES), content_type=choice.content_type)

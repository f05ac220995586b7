"""The error tree: each class knows its code, its exit status and its HTTP status.

A message is one sentence that a scholar understands; ``remedy`` is a second one that says what to do.
Shells print or respond with both; nothing below the shells prints, exits or responds.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Where:
    """A place in a text: file or name of the origin, and 1-based line and column (in code points).

    ``length`` is how many code points from there are meant, None where that is not known.
    """

    origin: str
    line: int | None = None
    column: int | None = None
    length: int | None = field(default=None, compare=False)

    def __str__(self) -> str:
        return ":".join(str(part) for part in (self.origin, self.line, self.column) if part is not None)


class KgError(Exception):
    """Root of every error the programme raises on purpose."""

    code = "error"
    exit_code = 2
    http_status = 500

    #: A piece of text to write instead, ready to paste, where there is one way to mend what is wrong.
    proposal = ""

    def __init__(self, message: str, *, remedy: str = "", where: Where | None = None, proposal: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.remedy = remedy
        self.where = where
        if proposal:
            self.proposal = proposal

    def __str__(self) -> str:
        place = f"{self.where}: " if self.where else ""
        remedy = f" {self.remedy}" if self.remedy else ""
        return f"{place}{self.message}{remedy}"


class SettingError(KgError):
    """A setting has a value that cannot be used."""

    code = "setting"


class SourceError(KgError):
    """A file of the repository cannot be read or parsed; ``errors`` has one for each fault of each file.

    ``kind`` names what is wrong, ``italian`` says it, with what to do. ``quoted`` is the line at fault with the spot
    marked below it, ``span`` the spot in code points from 0, and ``edit`` (start, end, text) a replacement that mends it
    where there is one way; each is empty or None where it is not known.
    """

    code = "syntax"

    def __init__(
        self,
        message: str,
        *,
        remedy: str = "",
        where: Where | None = None,
        kind: str = "",
        italian: str = "",
        quoted: str = "",
        span: tuple[int, int] | None = None,
        edit: tuple[int, int, str] | None = None,
    ) -> None:
        super().__init__(message, remedy=remedy, where=where)
        self.kind, self.italian, self.quoted, self.span, self.edit = kind, italian, quoted, span, edit

    @property
    def errors(self) -> tuple[SourceError, ...]:
        """The errors of the single files, in order."""
        return getattr(self, "_errors", (self,))

    @classmethod
    def of(cls, errors: Sequence[SourceError]) -> SourceError:
        """One error for several (at least one): the first one's message and place, then one line for each other."""
        first, *others = errors
        lines = "".join(f"\n{error}" for error in others)
        whole = cls(
            first.message, remedy=(first.remedy + lines).strip(" "), where=first.where, kind=first.kind,
            italian=first.italian, quoted=first.quoted, span=first.span, edit=first.edit,
        )
        whole._errors = tuple(errors)
        return whole


class RevisionError(KgError):
    """What git keeps cannot be read: no such revision, no repository, a conflict."""

    code = "revision"


class PassageError(KgError):
    """A passage does not stand in a text, or in more than one place of it."""

    code = "passage"
    exit_code = 1


class BuildError(KgError):
    """A snapshot could not be built; the last good one stays."""

    code = "build"
    exit_code = 1


class StateError(KgError):
    """The folder of the snapshots cannot be written to."""

    code = "state"


class ShapesError(KgError):
    """The shapes cannot be evaluated; a check with them would say nothing about the data."""

    code = "shapes"


class SnapshotError(KgError):
    """There is no snapshot to open, or it is damaged."""

    code = "snapshot"
    http_status = 503


class QueryError(KgError):
    """The query is malformed or asks for what is refused (SPARQL 1.1 Protocol, section 2.1.6)."""

    code = "query"
    http_status = 400


class DeadlineExceeded(KgError):
    """A query was ended because it took too long."""

    code = "deadline"
    http_status = 504


class Busy(KgError):
    """All workers are taken; the same request may succeed in a moment."""

    code = "busy"
    http_status = 503


class Overdrawn(KgError):
    """A client has used up its share of the server; ``retry_after`` is when it may ask again, in seconds from now."""

    code = "fair-use"
    http_status = 429

    def __init__(self, message: str, *, remedy: str = "", retry_after: int = 60) -> None:
        super().__init__(message, remedy=remedy)
        self.retry_after = retry_after


class Abandoned(KgError):
    """The client went away before it had its answer; nobody reads this error."""

    code = "abandoned"
    http_status = 503


class WorkerLost(KgError):
    """The process that answered a query ended before it had an answer."""

    code = "worker"


class Exhausted(WorkerLost):
    """The process that answered a query was ended, most likely because it wanted more memory than it may have."""

    code = "memory"
    http_status = 503


class RequestError(KgError):
    """The HTTP request is malformed (SPARQL 1.1 Protocol, section 2)."""

    code = "request"
    http_status = 400


#: What to do where another service does not answer, which is no answer and not an empty one either.
NO_ANSWER = "This says nothing of what was asked. Try again later, or leave the SERVICE clause out."


class ServiceError(KgError):
    """A service that somebody else runs cannot be reached, or does not answer as it should: this says nothing of what
    was asked of it. ``retry_after`` is when it may be asked again, in seconds from now, if it says so."""

    code = "service"
    http_status = 502
    retry_after: int | None = None


class ServiceLate(ServiceError):
    """A service that somebody else runs did not answer in time."""

    code = "service-late"
    http_status = 504


class MethodNotAllowed(RequestError):
    """The operation exists, but not by this method; ``allowed`` are those by which it does, where they are known."""

    code = "method"
    http_status = 405
    allowed: tuple[str, ...] = ()


class NotAcceptable(RequestError):
    """None of the media types the client accepts can be written for this answer."""

    code = "not-acceptable"
    http_status = 406


class TooLarge(RequestError):
    """The request is larger than the server reads."""

    code = "too-large"
    http_status = 413


class UnsupportedMediaType(RequestError):
    """The body's media type is not one the operation reads."""

    code = "media-type"
    http_status = 415


class NotFound(RequestError):
    """Nothing in the graph has this name."""

    code = "not-found"
    http_status = 404


class Gone(RequestError):
    """What the request is about was here and is no longer kept."""

    code = "gone"
    http_status = 410

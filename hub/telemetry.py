"""What the hub tells its operators: log lines without secrets, and the figures behind `/metrics`.

Log lines carry ids, never what people wrote, where they write from, or what lets anybody in. `redact` is the last net
under that rule, not its substitute: it blanks fields by name and anything that looks like a token or an address in
the others.
"""

from __future__ import annotations

import logging
import re
import sys

import structlog
from prometheus_client import (
    CollectorRegistry,
    Counter,
    Gauge,
    Histogram,
    generate_latest,
)
from structlog.typing import EventDict, Processor, WrappedLogger

REDACTED = "[redacted]"
_LONGEST = 500

_SECRET_FIELDS = frozenset(
    [
        "password",
        "passwd",
        "old",
        "new",
        "secret",
        "token",
        "access",
        "refresh",
        "ticket",
        "cookie",
        "cookies",
        "authorization",
        "csrf",
        "session",
        "key",
        "signing_key",
        "text",
        "body",
        "parts",
        "html",
        "note",
        "comment",
        "summary",
        "message_text",
        "email",
        "address",
        "phone",
        "login",
        "uri",
    ]
)
_SECRET_SHAPES = (
    re.compile(r"(?i)\b(?:mongodb(?:\+srv)?|https?)://[^/\s:@]{1,200}:[^@/\s]{1,200}@"),  # credentials in a URL
    re.compile(r"(?i)\bbearer\s+[\w.~+/=-]{8,4096}"),
    re.compile(r"[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,8}"),  # e-mail addresses
    re.compile(r"(?<![\w/.-])[A-Za-z0-9_-]{40,4096}(?![\w/.-])"),  # long opaque tokens; our ids have 20 characters
)
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]")

REGISTRY = CollectorRegistry()
"""The figures of this process. One per process, because a figure is a fact about the process."""

REQUESTS = Counter(
    "peyk_http_requests_total",
    "HTTP requests answered.",
    ("method", "route", "status"),
    registry=REGISTRY,
)
REQUEST_SECONDS = Histogram(
    "peyk_http_request_seconds",
    "Time to answer an HTTP request.",
    ("route",),
    buckets=(0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1.0, 3.0),
    registry=REGISTRY,
)
LOGINS = Counter("peyk_logins_total", "Attempts to sign in.", ("outcome",), registry=REGISTRY)
SESSIONS_ENDED = Counter(
    "peyk_sessions_ended_total",
    "Sessions ended before their time.",
    ("reason",),
    registry=REGISTRY,
)
REFUSED = Counter(
    "peyk_refused_total",
    "Requests refused at the door.",
    ("reason",),
    registry=REGISTRY,
)
UPLOADS = Counter("peyk_uploads_total", "Files offered by anybody.", ("outcome",), registry=REGISTRY)
PASSWORD_QUEUE = Gauge("peyk_password_queue", "Password checks that wait or run.", registry=REGISTRY)


def metrics_page() -> bytes:
    """The figures in Prometheus' text format."""
    return generate_latest(REGISTRY)


def set_up_logging(*, as_json: bool | None = None, level: int = logging.INFO) -> None:
    """Send every log line, ours and the libraries', to stderr through the same redaction.

    Args:
        as_json: True for one JSON object a line, False for people, None: for people on a terminal, JSON otherwise.
        level: Lowest level that is written.
    """
    if as_json is None:
        as_json = not sys.stderr.isatty()
    shared: list[Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        redact,
    ]
    renderer: Processor = structlog.processors.JSONRenderer() if as_json else _console()
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=True,
    )
    formatter = structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=shared,
        processors=[
            structlog.stdlib.ProcessorFormatter.remove_processors_meta,
            structlog.processors.ExceptionRenderer(_places),
            renderer,
        ],
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(formatter)
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level)
    logging.getLogger("aiohttp.access").setLevel(logging.WARNING)  # paths of signed files would stand in it
    logging.getLogger("pymongo").setLevel(logging.WARNING)


def redact(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
    """Blank what must not be logged, and make every value one harmless line. A structlog processor."""
    for key, value in event.items():
        if key in _SECRET_FIELDS:
            event[key] = REDACTED
        elif isinstance(value, str) and key not in ("timestamp", "level"):
            event[key] = clean(value)
    return event


def clean(text: str) -> str:
    """One line of at most 500 characters without control characters, tokens or addresses."""
    text = text[: _LONGEST * 2]
    for shape in _SECRET_SHAPES:
        text = shape.sub(REDACTED, text)
    text = _CONTROL.sub(lambda match: f"\\x{ord(match.group()):02x}", text)
    return text if len(text) <= _LONGEST else text[:_LONGEST] + "..."


def _places(exc_info: structlog.typing.ExcInfo) -> str:
    """Keep the places of an error and its cleaned words: a driver's error may quote a document."""
    kind, error, trace = exc_info
    lines = [f"{kind.__name__}: {clean(str(error))}"]
    while trace is not None:
        code = trace.tb_frame.f_code
        lines.append(f"  {code.co_filename}:{trace.tb_lineno} in {code.co_name}")
        trace = trace.tb_next
    return "\n".join([lines[0], *lines[1:][-12:]])


def _console() -> Processor:
    # The default formatter shows the local variables of every frame: people's words among them.
    return structlog.dev.ConsoleRenderer(exception_formatter=structlog.dev.plain_traceback)

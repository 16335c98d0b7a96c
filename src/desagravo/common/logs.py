"""Log lines: one JSON object each, to standard error, without personal data.

Addresses of pages hold tracking tokens, and messages of errors may hold what a customer wrote. So a line of Django or a
library carries its words without the values put into them, and an error carries its kind and place without its message.
"""

from __future__ import annotations

import logging
import sys
import traceback
from types import TracebackType
from typing import Any

import structlog

_Trouble = tuple[type[BaseException], BaseException, TracebackType | None]


def logging_settings(level: str = "INFO") -> None:
    """Send the lines of structlog and of Python's own logging to standard error, from `level` upwards."""
    shared: list[structlog.types.Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        _trouble_without_words,
    ]
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.addFilter(_without_values)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=[structlog.stdlib.add_logger_name, structlog.stdlib.ExtraAdder(["incident"]), *shared],
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                structlog.processors.JSONRenderer(ensure_ascii=False),
            ],
        )
    )
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level.upper())
    # Pages that are not there and refused forms are everyday, and their lines would hold addresses.
    for name in ("django.request", "django.security.csrf", "django.security.DisallowedHost"):
        logging.getLogger(name).setLevel(logging.ERROR)
    logging.getLogger("fontTools").setLevel(logging.ERROR)
    logging.getLogger("pyhanko").setLevel(logging.WARNING)


def _without_values(record: logging.LogRecord) -> bool:
    if not isinstance(record.msg, dict):
        record.msg, record.args = _page(record) or (str(record.msg) if record.args else record.getMessage()), ()
    return True


def _page(record: logging.LogRecord) -> str:
    """For a line about a request: its status and the pattern of its address, `500 track/<token>/`."""
    request, status = record.__dict__.pop("request", None), record.__dict__.pop("status_code", "")
    if number := getattr(request, "incident", ""):  # the one that the reader's page shows
        record.__dict__["incident"] = number
    match = getattr(request, "resolver_match", None)
    return f"{status} {request.method} {match.route}" if request is not None and match else ""


def _trouble_without_words(_logger: Any, _method: str, line: structlog.types.EventDict) -> structlog.types.EventDict:
    trouble = line.pop("exc_info", None)
    if trouble is True:
        trouble = sys.exc_info()
    if isinstance(trouble, BaseException):
        trouble = (type(trouble), trouble, trouble.__traceback__)
    if trouble and trouble[0]:
        line["error"], line["at"] = _kind_and_place(trouble)
    return line


def _kind_and_place(trouble: _Trouble) -> tuple[str, list[str]]:
    frames = traceback.extract_tb(trouble[2])[-12:]
    return trouble[0].__name__, [f"{frame.filename}:{frame.lineno} {frame.name}" for frame in frames]

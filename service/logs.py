"""Configures logging: readable lines in development, JSON in production; one line for each event.

The logs of libraries go the same way: without tracebacks, secrets and personal data, see `redaction`.
"""

from __future__ import annotations

import logging
import sys
import threading

import structlog
from structlog.stdlib import ProcessorFormatter
from structlog.typing import Processor

from service.redaction import build_event_redactor, build_redactor, redact_exception, secrets_of
from service.settings import Settings

_log = structlog.get_logger("huifang")


def configure(settings: Settings, level: int = logging.INFO) -> None:
    """Log to standard error from now on: our events from `level` up, warnings of libraries."""
    redacted = build_event_redactor(build_redactor(secrets_of(settings)))
    shared: list[Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        redact_exception,
        redacted,
    ]
    last: Processor = (
        structlog.processors.JSONRenderer(ensure_ascii=False)
        if settings.environment == "production"
        else structlog.dev.ConsoleRenderer()
    )
    structlog.configure(
        processors=[*shared, last],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=lambda *_: structlog.PrintLogger(sys.stderr),
        cache_logger_on_first_use=False,
    )
    _capture_other_loggers(
        ProcessorFormatter(
            foreign_pre_chain=[*shared[:2], structlog.stdlib.add_logger_name, *shared[2:3]],
            processors=[ProcessorFormatter.remove_processors_meta, redact_exception, redacted, last],
        )
    )


def _capture_other_loggers(formatter: logging.Formatter) -> None:
    """Send the logs of libraries, and exceptions that end a thread, through the same formatter."""
    handler = _StderrHandler()
    handler.setFormatter(formatter)
    logging.raiseExceptions = False  # a log that cannot be written would print what it was to hold
    root = logging.getLogger()
    root.handlers[:] = [each for each in root.handlers if not isinstance(each.formatter, ProcessorFormatter)]
    if not root.handlers:
        root.addHandler(handler)
    root.setLevel(logging.WARNING)
    logging.getLogger("apscheduler").setLevel(logging.ERROR)
    if threading.excepthook is threading.__excepthook__:
        threading.excepthook = _log_thread_error


class _StderrHandler(logging.Handler):
    """Writes to the present `sys.stderr`; holds no stream open."""

    def emit(self, record: logging.LogRecord) -> None:
        """Write one line."""
        try:
            print(self.format(record), file=sys.stderr, flush=True)
        except Exception:
            self.handleError(record)


def _log_thread_error(ended: threading.ExceptHookArgs) -> None:
    name = ended.thread.name if ended.thread else ""
    _log.error("thread ended", thread=name, exc_info=ended.exc_value)

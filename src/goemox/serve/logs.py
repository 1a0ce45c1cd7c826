"""What a server says while it runs: one line an event on stderr, for people or as JSON; no text, ever.

The loggers of libraries go through here too. Of those that are not uvicorn's, only the name, the place in the
code and the kind of an error are told: their words may hold what somebody sent.
"""

from __future__ import annotations

import json
import logging
import logging.config
import os
import sys
import traceback
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import Any, Literal, cast

__all__ = ["Format", "Level", "Lines", "begin", "kind_of", "place_of", "setup_of", "tell", "tell_failure"]

Format = Literal["text", "json"]
Level = Literal["debug", "info", "warning", "error"]
Value = str | int | float | bool | None
MOST_BYTES = 4_096  # of a line; a pipe takes that many whole, whoever else writes to it (pipe(7), PIPE_BUF)
SPOKEN = ("goemox", "uvicorn")  # loggers whose words are constants of the code
log = logging.getLogger("goemox.serve")


def tell(level: Level, event: str, message: str, **fields: Value) -> None:
    """One line: `event` is a stable name for programs, `message` a sentence for people or empty.

    fields: numbers and names that the server chose; never what a client sent.
    """
    log.log(_number(level), "%s", message, extra={"event": event, "fields": fields})


def tell_failure(error: BaseException, what: str) -> None:
    """A failure of our own while answering `what`: its kind and place, nothing that was asked."""
    kind, where = kind_of(error), place_of(error.__traceback__)
    tell("error", "failed", f"{kind} while answering {what}", kind=kind, where=where)


def begin(form: Format, level: Level) -> None:
    """Let this process log so, from here on; Python's warnings included."""
    logging.config.dictConfig(setup_of(form, level))
    logging.captureWarnings(True)


def setup_of(form: Format, level: Level) -> dict[str, Any]:
    """The same for `logging.config.dictConfig`, which a process that is started anew is handed."""
    calm = level if level in ("debug", "error") else "warning"  # others say at the start what is told here
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "handlers": {"stderr": {"()": "goemox.serve.logs.Lines", "form": form}},
        "root": {"handlers": ["stderr"], "level": calm.upper()},
        "loggers": {"goemox": {"level": level.upper()}},
    }


class Lines(logging.Handler):
    """Writes each record with one call, so that lines of several processes stay whole."""

    def __init__(self, form: Format) -> None:
        super().__init__()
        self._made = _json if form == "json" else _text

    def emit(self, record: logging.LogRecord) -> None:
        """Never raises: a server does not fall because nobody reads its log."""
        try:
            line = self._made(record).encode("ascii", "backslashreplace")
            if len(line) >= MOST_BYTES:
                line = self._made(_cut(record)).encode("ascii", "backslashreplace")
            os.write(cast("Any", sys.__stderr__).fileno(), line + b"\n")
        except Exception:  # noqa: S110 - there is no other place to say it
            pass


def kind_of(error: BaseException) -> str:
    """The class of an error; its words may hold a text."""
    return type(error).__name__


def place_of(trace: TracebackType | None) -> str:
    """Where in the code it happened, `goemox/serve/scoring.py:27`: the last place of goemox's own, if any."""
    frames = traceback.extract_tb(trace)
    own = [frame for frame in frames if "goemox" in Path(frame.filename).parts]
    if not frames:
        return ""
    frame = (own or frames)[-1]
    return f"{'/'.join(Path(frame.filename).parts[-3:])}:{frame.lineno}"


def _number(level: str) -> int:
    return logging.getLevelNamesMapping()[level.upper()]


def _parts(record: logging.LogRecord) -> tuple[str, str, dict[str, Value]]:
    """Event, message and fields of any record."""
    fields: dict[str, Value] = dict(getattr(record, "fields", {}))
    message = ""
    event = getattr(record, "event", record.name.partition(".")[0])
    if record.name.partition(".")[0] in SPOKEN:
        message = record.getMessage().strip().rpartition("\n")[2]  # of a traceback, the error itself
    else:
        event = "library"
        fields |= {"logger": record.name, "at": f"{record.module}:{record.lineno}"}
    if record.exc_info and record.exc_info[1] is not None:
        fields |= {"kind": kind_of(record.exc_info[1]), "where": place_of(record.exc_info[2])}
    return event, message, fields


def _json(record: logging.LogRecord) -> str:
    event, message, fields = _parts(record)
    document = {"time": _time(record), "level": record.levelname.lower(), "event": event}
    document |= {"message": message} if message else {}
    line = json.dumps({**document, **fields, "pid": record.process}, ensure_ascii=True, allow_nan=False)
    return line.replace("\x7f", "\\u007f")


def _text(record: logging.LogRecord) -> str:
    event, message, fields = _parts(record)
    said = [_time(record)[:19].replace("T", " ") + "Z", record.levelname.lower(), message or event]
    said += [f"{name}={_shown(value)}" for name, value in fields.items()]
    return "".join(c if c.isprintable() else f"\\x{ord(c):02x}" for c in " ".join(said))


def _shown(value: Value) -> str:
    word = str(value).lower() if isinstance(value, bool) or value is None else str(value)
    return json.dumps(word) if not word or " " in word or "=" in word or '"' in word else word


def _time(record: logging.LogRecord) -> str:
    moment = datetime.fromtimestamp(record.created, UTC)
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _cut(record: logging.LogRecord) -> logging.LogRecord:
    """The record with less in it, where its line would be too long to be written whole."""
    event, message, _ = _parts(record)
    short = logging.makeLogRecord(record.__dict__)
    short.name, short.msg, short.args, short.exc_info = "goemox", message[:500], (), None
    short.__dict__ |= {"event": event, "fields": {"cut": True}}
    return short

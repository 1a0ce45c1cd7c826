"""The command line: options, one call, print. A verb stands in the file of its name, its tables beside it."""

from __future__ import annotations

import errno
import gc
import signal
import sys
from contextlib import suppress
from typing import NoReturn

__all__ = ["main"]

INTERRUPTED = 130
ENDS = [getattr(signal, name) for name in ("SIGTERM", "SIGHUP") if hasattr(signal, name)]
UNWRITABLE = (errno.ENOSPC, errno.EDQUOT, errno.EBADF, errno.EIO, errno.EFBIG)  # what a write to stdout says
GARBAGE = 50_000  # objects made until young ones are looked through: a start makes many, and all of them stay


def main() -> None:
    """Run `goemox`; errors end in one line on stderr and the exit code of their kind."""
    gc.set_threshold(GARBAGE, 20, 20)
    taken = _end_in_order()
    try:
        _run()
    finally:
        for number in taken:
            signal.signal(number, signal.SIG_DFL)
        gc.freeze()  # what is left goes with the process, and need not be looked through before


def _end_in_order() -> list[int]:
    """SIGTERM, and SIGHUP of a closed terminal, end the run as an error does: nothing half made stays.

    What somebody else asked of them, such as nohup, stays so. Returns the signals that are taken.
    """
    taken = [number for number in ENDS if signal.getsignal(number) is signal.SIG_DFL]
    try:
        for number in taken:
            signal.signal(number, _asked_to_end)
    except ValueError:  # called in a thread, which gets no signals
        return []
    return taken


def _asked_to_end(number: int, _: object) -> NoReturn:
    for another in ENDS:  # they often come together, and would interrupt what the first of them cleans up
        signal.signal(another, signal.SIG_IGN)
    raise SystemExit(128 + number)


def _run() -> None:
    from goemox.cli.streams import let_go_of_stdout, lose_nothing, reopen
    from goemox.errors import GoemoxError

    reopen()
    lose_nothing()
    try:
        from goemox.cli.verbs import run

        run()
        sys.stdout.flush()  # what is refused here would be told by Python, after the end
    except GoemoxError as error:
        _end(str(error), error.exit_code)
    except (KeyboardInterrupt, SystemExit) as end:
        if isinstance(end, SystemExit) and isinstance(end.__context__, BrokenPipeError):
            let_go_of_stdout()  # typer ends with 1 by itself
            sys.exit(0)
        interrupted = isinstance(end, KeyboardInterrupt) or end.code == INTERRUPTED  # typer exits by itself
        if not interrupted:
            raise
        _end("interrupted", INTERRUPTED)
    except BrokenPipeError:
        # The reader (`head`, a pager) has what it wanted; leave without a traceback at shutdown.
        let_go_of_stdout()
        sys.exit(0)
    except OSError as error:
        _end(_refused(error), 1)
    except ImportError as error:
        if (error.name or "").startswith("goemox"):  # ours is there, so that this is a bug
            raise
        remedy = "pip install --force-reinstall goemox; goemox doctor says more"
        _end(f"a package that goemox needs cannot be imported ({error}): {remedy}", 1)
    except MemoryError:
        _end("the memory is full; give fewer or shorter texts at a time, or a folder for parts: -o DIR/", 1)


def _refused(error: OSError) -> str:
    from goemox.cli.streams import let_go_of_stdout
    from goemox.wording import refusal

    if error.filename is None and error.errno in UNWRITABLE:
        let_go_of_stdout()
        return f"standard output cannot be written {refusal(error)}"
    named = "the system refused" if error.filename is None else f"{error.filename}: the system refused it"
    return f"{named} {refusal(error)}"


def _end(message: str, code: int) -> None:
    with suppress(OSError):  # stderr may be closed or full; the exit code still tells
        sys.stderr.write(f"goemox: {_one_line(message)}\n")
        sys.stderr.flush()
    sys.exit(code)


def _one_line(text: str) -> str:
    """The message on one line, with control characters shown instead of sent to the terminal."""
    return "".join(c if c.isprintable() else f"\\x{ord(c):02x}" for c in " ".join(text.split()))

"""The command line: options, one call, print. Each verb has a file of its own."""

from __future__ import annotations

import gc
import os
import sys

__all__ = ["main"]

INTERRUPTED = 130
GARBAGE = 50_000  # objects made until young ones are looked through: a start makes many, and all of them stay


def main() -> None:
    """Run `goemox`; errors end in one line on stderr and the exit code of their kind."""
    gc.set_threshold(GARBAGE, 20, 20)
    try:
        _run()
    finally:
        gc.freeze()  # what is left goes with the process, and need not be looked through before


def _run() -> None:
    from goemox.errors import GoemoxError

    try:
        from goemox.cli.verbs import run

        run()
    except GoemoxError as error:
        sys.stderr.write(f"goemox: {_one_line(str(error))}\n")
        sys.exit(error.exit_code)
    except (KeyboardInterrupt, SystemExit) as end:
        interrupted = isinstance(end, KeyboardInterrupt) or end.code == INTERRUPTED  # typer exits by itself
        if not interrupted:
            raise
        sys.stderr.write("goemox: interrupted\n")
        sys.exit(INTERRUPTED)
    except BrokenPipeError:
        # The reader (`head`, a pager) has what it wanted; leave without a traceback at shutdown.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(0)
    except OSError as error:
        sys.stderr.write(f"goemox: {_one_line(_describe(error))}\n")
        sys.exit(1)


def _describe(error: OSError) -> str:
    if error.filename is None:
        return f"{error.strerror or error}"
    return f"{error.filename}: {error.strerror or error}"


def _one_line(text: str) -> str:
    """The message on one line, with control characters shown instead of sent to the terminal."""
    return "".join(c if c.isprintable() else f"\\x{ord(c):02x}" for c in " ".join(text.split()))

"""src/goemox/studies/ladder.json: docs/results/ladder.json in short, for the reports of the bundled model.

    python benchmarks/ship_ladder.py [--check]

--check writes nothing and fails where the file is not what the ladder says.
"""

from __future__ import annotations

import sys
from pathlib import Path

import orjson

import goemox
from goemox.studies.ladder import FILE, short_ladder

ROOT = Path(__file__).parent.parent
MEASURED = ROOT / "docs" / "results" / "ladder.json"
SHIPPED = ROOT / "src" / "goemox" / "studies" / FILE


def document() -> bytes:
    """The file as it should be."""
    content = short_ladder(orjson.loads(MEASURED.read_bytes()), goemox.load().scorer.sha256)
    return orjson.dumps(content, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE)


if __name__ == "__main__":
    if "--check" in sys.argv[1:]:
        if not SHIPPED.is_file() or SHIPPED.read_bytes() != document():
            sys.exit(f"{SHIPPED.name} is not {MEASURED.name} in short: python benchmarks/ship_ladder.py")
    else:
        SHIPPED.write_bytes(document())

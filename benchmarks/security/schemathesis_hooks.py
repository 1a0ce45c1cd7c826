"""What JSON Schema cannot say of a body that fits, for Schemathesis; see schemathesis_cases.py."""

from __future__ import annotations

from typing import Any

import schemathesis

FEW = 400  # characters, of which no text has more than the model's 512 tokens


@schemathesis.hook
def filter_body(context: Any, body: Any) -> bool:
    """Keep a body, unless texts may be cut in it that must not be: JSON Schema cannot count tokens.

    `/predict` refuses such texts as Hugging Face's servers do, where `truncate` or `truncation` is false.
    """
    if context.operation.path != "/predict" or not isinstance(body, dict):
        return True
    parameters = body.get("parameters")
    never_cut = body.get("truncate") is False or (
        isinstance(parameters, dict) and parameters.get("truncation") is False
    )
    return not never_cut or len(str(body.get("inputs"))) < FEW

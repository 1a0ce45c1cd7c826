"""The tokenizer of a new model: its base's own, with GoEmotions' masks as single tokens.

GoEmotions replaced names by `[NAME]` and religions by `[RELIGION]`. They take over two of the
vocabulary's never used places, so that the number of embedding rows stays the base's.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import orjson
from tokenizers import Tokenizer

from goemox.errors import InvalidModel

__all__ = ["MASKS", "load_tokenizer", "special_tokens", "with_masks"]

MASKS = {"[NAME]": "name", "[RELIGION]": "religion"}  # token: the word its embedding starts from


def load_tokenizer(folder: Path) -> Tokenizer:
    """Read `tokenizer.json`, without padding or truncation. Raises InvalidModel where there is none."""
    path = folder / "tokenizer.json"
    if not path.is_file():
        raise InvalidModel(f"{folder}: no tokenizer.json; goemox needs a fast tokenizer")
    tokenizer = Tokenizer.from_file(str(path))
    tokenizer.no_padding()
    tokenizer.no_truncation()
    return tokenizer


def special_tokens(folder: Path) -> dict[str, str]:
    """What a folder's `tokenizer_config.json` calls its special tokens; nothing where there is none."""
    try:
        told = orjson.loads((folder / "tokenizer_config.json").read_bytes())
    except (OSError, ValueError):
        return {}
    named = {key: value for key, value in told.items() if key.endswith("_token")}
    contents = {
        key: value.get("content") if isinstance(value, dict) else value for key, value in named.items()
    }
    return {key: value for key, value in contents.items() if isinstance(value, str)}


def with_masks(tokenizer: Tokenizer) -> Tokenizer:
    """A copy that reads each mask as one special token.

    WordPiece vocabularies give up `[unusedN]` places for it; another kind of tokenizer is returned
    unchanged, and reads the masks as ordinary words.
    """
    spec: dict[str, Any] = orjson.loads(tokenizer.to_str())
    vocabulary = spec["model"].get("vocab")
    if spec["model"].get("type") != "WordPiece" or not isinstance(vocabulary, dict):
        return tokenizer
    known = {entry["content"] for entry in spec["added_tokens"]}
    unused = sorted((t for t in vocabulary if t.startswith("[unused")), key=lambda t: int(vocabulary[t]))
    for mask, spare in zip((m for m in MASKS if m not in known), unused, strict=False):
        index = vocabulary.pop(spare)
        vocabulary[mask] = index
        spec["added_tokens"].append(
            {
                "id": index,
                "content": mask,
                "single_word": False,
                "lstrip": False,
                "rstrip": False,
                "normalized": False,
                "special": True,
            }
        )
    spec["added_tokens"].sort(key=lambda entry: int(entry["id"]))
    return Tokenizer.from_str(orjson.dumps(spec).decode())

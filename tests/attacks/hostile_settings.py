"""config.json, goemox.json and tokenizer.json as somebody who means harm would write them."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

Change = Callable[[Path], object]

NAN = "\ue000NaN\ue000"  # becomes a bare NaN in the file


def edited(name: str, change: Callable[[dict[str, Any]], object]) -> Change:
    """A change of one JSON file in a folder."""

    def apply(folder: Path) -> None:
        path = folder / name
        content = json.loads(path.read_text("utf-8"))
        change(content)
        path.write_text(json.dumps(content).replace(json.dumps(NAN), "NaN"), "utf-8")

    return apply


def written(name: str, content: str | bytes) -> Change:
    """Another content of one file."""
    data = content if isinstance(content, bytes) else content.encode("utf-8", "surrogatepass")

    def apply(folder: Path) -> None:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(data)

    return apply


def _relabelled(name: Any, at: str = "3") -> Change:
    """Another name of a label, in both files."""

    def apply(folder: Path) -> None:
        edited("config.json", lambda c: c["id2label"].update({at: name}))(folder)

        def facts(content: dict[str, Any]) -> None:
            old = content["labels"][int(at)]
            content["labels"][int(at)] = name
            if isinstance(name, str):
                content["thresholds"][name] = content["thresholds"].pop(old)

        edited("goemox.json", facts)(folder)

    return apply


def config_attacks() -> dict[str, Change]:
    """Changes of config.json and tokenizer_config.json."""
    auto = {"AutoModelForSequenceClassification": "modeling_own.OwnModel"}
    return {
        "auto_map": edited("config.json", lambda c: c.update(auto_map=auto)),
        "auto_map from another repository": edited(
            "config.json", lambda c: c.update(auto_map={"AutoConfig": "evil/repo--configuration.Own"})
        ),
        "auto_map of the tokenizer": edited(
            "tokenizer_config.json", lambda c: c.update(auto_map={"AutoTokenizer": ["own.Own", None]})
        ),
        "custom_pipelines": edited(
            "config.json", lambda c: c.update(custom_pipelines={"x": {"impl": "a.B"}})
        ),
        "trust_remote_code": edited("config.json", lambda c: c.update(trust_remote_code=True)),
        "a gap in id2label": edited("config.json", lambda c: c["id2label"].pop("5")),
        "id2label that is a list": edited("config.json", lambda c: c.update(id2label=["a", "b"])),
        "a label that is a table": _relabelled({"a": 1}),
        "a label twice": _relabelled("admiration"),
        "a label with a line end": _relabelled("joy\r\nX-Header: 1"),
        "a label with an escape sequence": _relabelled("\x1b[2Jjoy"),
        "a label that turns direction": _relabelled("\u202eyoj"),
        "a label of half a surrogate pair": written(
            "config.json", '{"id2label": {"0": "\\ud800"}, "problem_type": null}'
        ),
        "an empty label": _relabelled(""),
        "a label of a megabyte": _relabelled("x" * 1_000_000),
        "a model that reads 1 token": edited("config.json", lambda c: c.update(max_position_embeddings=1)),
        "absurd nesting": written("config.json", '{"a":' * 100_000 + "1" + "}" * 100_000),
        "a number of 100,000 digits": written(
            "config.json", '{"id2label":{"0":"a"},"b":' + "9" * 100_000 + "}["
        ),
        "NaN in config": written("config.json", '{"id2label":{"0":"a"},"b":NaN}'),
        "a list": written("config.json", "[]"),
        "UTF-16": written("config.json", '{"id2label":{"0":"a"}}'.encode("utf-16")),
    }


def rule_attacks() -> dict[str, Change]:
    """Changes of goemox.json."""

    def rule(**changes: Any) -> Change:
        return edited("goemox.json", lambda c: c.update(changes))

    def cut(value: Any) -> Change:
        return edited("goemox.json", lambda c: c["thresholds"].update(joy=value))

    def promise(**changes: Any) -> Change:
        return edited("goemox.json", lambda c: c["conformal"].update(changes))

    def first_map(row: Any) -> Change:
        return edited("goemox.json", lambda c: c["calibrators"].__setitem__(0, row))

    return {
        "a threshold of NaN": cut(NAN),
        "a threshold of null": cut(None),
        "a threshold above 1": cut(1.5),
        "a threshold of 0": cut(0.0),
        "a threshold that is a list": cut([0.5]),
        "a threshold missing": edited("goemox.json", lambda c: c["thresholds"].pop("joy")),
        "thresholds as a list": rule(thresholds=[0.5] * 28),
        "a calibration map of two numbers": first_map([1.0, 1.0]),
        "a calibration map of NaN": first_map([NAN, 1.0, 0.0]),
        "a calibration map of infinity": first_map([1e999, 1.0, 0.0]),
        "a calibration map that turns round": first_map([-1.0, 1.0, 0.0]),
        "a map too few": edited("goemox.json", lambda c: c["calibrators"].pop()),
        "no calibration": rule(calibrators=[]),
        "labels in another order": edited("goemox.json", lambda c: c["labels"].reverse()),
        "labels as a number": rule(labels=28),
        "another schema": rule(schema="goemox.model/999"),
        "an unknown activation": rule(activation="exec"),
        "an unknown fallback": rule(fallback="all"),
        "a promise of nothing": promise(alpha=0),
        "a promise above 1": promise(alpha=7),
        "a cutoff of text": promise(cutoff="low"),
        "a promise with more to it": promise(code="x"),
        "a promise that is a list": rule(conformal=[1, 2]),
        "mappings that are a list": rule(mappings=[1]),
        "a grouping of unknown labels": rule(mappings={"own": {"members": {"a": ["nobody"]}}}),
        "figures that are no table": rule(dev="x"),
        "a name with an escape sequence": rule(name="\x1b]0;owned\x07"),
        "a name that is a table": rule(name={}),
        "absurd nesting": written("goemox.json", '{"schema":' + "[" * 100_000 + "]" * 100_000 + "}"),
        "an empty object": written("goemox.json", "{}"),
    }


def tokenizer_attacks() -> dict[str, Change]:
    """Changes of tokenizer.json."""

    def split(pattern: str) -> dict[str, Any]:
        return {"type": "Split", "pattern": {"Regex": pattern}, "behavior": "Isolated", "invert": False}

    def swap(old: dict[str, str], new: str) -> dict[str, Any]:
        return {"type": "Replace", "pattern": old, "content": new}

    def part(name: str, value: Any) -> Change:
        return edited("tokenizer.json", lambda c: c.update({name: value}))

    def steps(*values: Any) -> dict[str, Any]:
        return {"type": "Sequence", "normalizers": list(values)}

    def vocabulary(**tokens: int) -> Change:
        return edited("tokenizer.json", lambda c: c["model"]["vocab"].update(tokens))

    bytewise = [{"type": "ByteLevel"}] * 60
    return {
        "a regular expression without end": part("pre_tokenizer", split("(a+)+$")),
        "one in a sequence": part(
            "pre_tokenizer", {"type": "Sequence", "pretokenizers": [{"type": "Whitespace"}, split("(x*)*y")]}
        ),
        "one in a normaliser": part("normalizer", swap({"Regex": "(.*,){20}x"}, "")),
        "a broken regular expression": part("pre_tokenizer", split("(((")),
        "a to a million letters": part("normalizer", swap({"String": "a"}, "a" * 1_000_000)),
        "a to aa, forty times": part("normalizer", steps(*[swap({"String": "a"}, "aa")] * 40)),
        "nothing to something": part("normalizer", steps(*[swap({"String": ""}, "▁")] * 20)),
        "bytes of bytes, sixty times": part("normalizer", steps(*bytewise)),
        "bytes of bytes, ten times": part("normalizer", steps(*bytewise[:10])),
        "a long prefix": part("normalizer", {"type": "Prepend", "prepend": "x" * 1_000_000}),
        "a broken table of characters": part(
            "normalizer", {"type": "Precompiled", "precompiled_charsmap": "/////w=="}
        ),
        "an unknown pre-tokenizer": part("pre_tokenizer", {"type": "Python", "class": "os.system"}),
        "an unknown model": edited("tokenizer.json", lambda c: c["model"].update(type="Pickle")),
        "a token number beyond the graph": vocabulary(evil=50_000_000),
        "a token number of 2^40": vocabulary(evil=2**40),
        "a negative token number": vocabulary(evil=-1),
        "a token number that is text": edited("tokenizer.json", lambda c: c["model"]["vocab"].update(a="x")),
        "no unknown token": edited("tokenizer.json", lambda c: c["model"]["vocab"].pop("[UNK]")),
        "a vocabulary of a million words": edited(
            "tokenizer.json", lambda c: c["model"].update(vocab={f"word{n}": n for n in range(1_000_000)})
        ),
        "added tokens beyond the graph": edited(
            "tokenizer.json", lambda c: c["added_tokens"].append({**c["added_tokens"][0], "id": 9_999_999})
        ),
        "600 special tokens around each text": edited("tokenizer.json", _many_special),
        "40 MB": written("tokenizer.json", b'{"a":"' + b"x" * 40_000_000 + b'"}'),
        "absurd nesting": written("tokenizer.json", '{"model":' + "[" * 100_000 + "]" * 100_000 + "}"),
        "a list": written("tokenizer.json", "[]"),
        "half a file": lambda folder: (folder / "tokenizer.json").write_bytes(
            (folder / "tokenizer.json").read_bytes()[:100_000]
        ),
    }


def _many_special(content: dict[str, Any]) -> None:
    special = {"SpecialToken": {"id": "[CLS]", "type_id": 0}}
    content["post_processor"] = {
        "type": "TemplateProcessing",
        "single": [*[special] * 600, {"Sequence": {"id": "A", "type_id": 0}}],
        "pair": [{"Sequence": {"id": "A", "type_id": 0}}, {"Sequence": {"id": "B", "type_id": 0}}],
        "special_tokens": {"[CLS]": {"id": "[CLS]", "ids": [101], "tokens": ["[CLS]"]}},
    }

"""The model card: `README.md` of a model folder, written from its own numbers."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

__all__ = ["model_card"]

FRONT_GOEMOTIONS = """---
language: en
license: apache-2.0
library_name: transformers
pipeline_tag: text-classification
base_model: {base}
datasets: [google-research-datasets/go_emotions]
tags: [multi-label, emotion, goemotions, goemox]
---

# {name}

Reads the emotions in short English texts, several at a time, with calibrated probabilities.

"""

FRONT_OWN = """---
library_name: transformers
pipeline_tag: text-classification
base_model: {base}
tags: [multi-label, goemox]
---

# {name}

Decides for each of {n_labels} labels by itself whether a short text has it, with calibrated probabilities.

"""

FACTS = """\
- **Base**: {base}, {parameters:,} parameters, in DistilBERT's architecture.
- **Trained on**: {data}, all labels of every row, sigmoid and binary cross-entropy.
- **Chosen on dev**: thresholds, calibration, prediction sets. Test was only reported.
- **Made by**: `goemox train`, goemox {version}; settings in `goemox.json`.
"""

USE = """
## Use

```python
import goemox

clf = goemox.load("path/to/this/folder")
clf("Thank you so much, this made my day!").labels
```

The folder also loads in plain transformers (`AutoModelForSequenceClassification`, sigmoid scores) where it
holds `model.safetensors`.

## Limits

"""

LIMITS_GOEMOTIONS = """\
Reddit comments in English, 2005 to 2019, labelled by a handful of raters: the labels are noisy and the
culture is one. Rare labels rest on few rows; look at their intervals. Elsewhere (titles, issues, tweets)
the probabilities are too sure: look at `domain_percentile`, and label 100 rows before quoting a figure.
Do not use it to judge single people, to hire, to police or to diagnose.
"""

LIMITS_OWN = """\
The figures hold for texts like the rows it was trained on, judged by the people who labelled them. Labels
with few rows rest on little; look at their intervals. Elsewhere the probabilities are too sure: look at
`domain_percentile`, and label 100 rows before quoting a figure.
Do not use it to judge single people, to hire, to police or to diagnose.
"""


def model_card(facts: Mapping[str, Any], evaluation: Mapping[str, Any] | None) -> str:
    """The card as Markdown. facts: goemox.json. evaluation: evaluation.json, or None without a test split."""
    training = facts["training"]
    is_published = training["data"].startswith("GoEmotions ")
    head = ((FRONT_GOEMOTIONS if is_published else FRONT_OWN) + FACTS).format(
        base=training["base"],
        name=facts["name"],
        n_labels=len(facts["labels"]),
        parameters=training["parameters"],
        data=training["data"],
        version=facts["goemox_version"],
    )
    return (
        head
        + (_results(evaluation) if evaluation else "")
        + USE
        + (LIMITS_GOEMOTIONS if is_published else LIMITS_OWN)
    )


def _results(evaluation: Mapping[str, Any]) -> str:
    lines = [f"\n## Results on {evaluation['dataset']} {evaluation['split']} ({evaluation['n']:,} rows)\n"]
    lines += ["| metric | value | 95 % interval |", "|---|---|---|"]
    for name, metric in evaluation["metrics"].items():
        if metric and metric["value"] is not None:
            interval = "" if metric["low"] is None else f"{metric['low']:.4f} to {metric['high']:.4f}"
            lines.append(f"| {name} | {metric['value']:.4f} | {interval} |")
    lines += [
        "\n## Per label\n",
        "| label | support | F1 | 95 % interval | threshold |",
        "|---|---|---|---|---|",
    ]
    lines += [
        f"| {row['label']} | {row['support']} | {_number(row['f1'])} | "
        f"{_number(row['f1_low'])} to {_number(row['f1_high'])} | {_number(row['threshold'])} |"
        for row in evaluation["per_label"]
    ]
    return "\n".join(lines) + "\n"


def _number(value: float | None) -> str:
    return "–" if value is None else f"{value:.3f}"

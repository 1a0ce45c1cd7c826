"""The sentences of a model card, with places for what its model's own files say; `model_card` fills them."""

from __future__ import annotations

from collections.abc import Mapping

__all__ = [
    "ADAPTED",
    "BUNDLED_BASE",
    "CHANGED",
    "DATA_GOEMOTIONS",
    "DISTILBERT",
    "DISTILLED",
    "FACTS",
    "FITTED_BEFORE",
    "FP32_COPY",
    "FRONT_GOEMOTIONS",
    "FRONT_OWN",
    "FRONT_UNKNOWN",
    "GOEMOTIONS_ROWS",
    "GROUPS_ADDED",
    "ITS_LICENCE",
    "LABELS_CHANGED",
    "LICENCE",
    "LIMITS_GOEMOTIONS",
    "LIMITS_OWN",
    "MOVED",
    "OTHER_LICENCE",
    "OVER",
    "REPORTED",
    "ROWS_OWN",
    "SEEDS_GOEMOTIONS",
    "SEEDS_OWN",
    "SETS_CHANGED",
    "TIERS",
    "USE",
    "USUAL",
    "USUAL_OF_STUDENTS",
]

FRONT_GOEMOTIONS = """---
language: en
{license}library_name: transformers
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
- **Base**: {base}, {parameters:,} parameters{architecture}.
- **Trained on**: {data}, all labels of every row, sigmoid and binary cross-entropy.{distilled}
- **Chosen on dev**: thresholds, calibration, prediction sets.{reported}{changed}
- **Seed** {seed}. {seeds}{over}.
- **Made by**: goemox {version}; every setting stands in `goemox.json`. To make it again{rows}:

```
{command}
```
"""

DISTILBERT = ", in DistilBERT's architecture"
SEEDS_GOEMOTIONS, SEEDS_OWN = "A new seed moves macro-F1 by about a point", "A new seed moves the figures"
ROWS_OWN = ", with the options that chose, divided or limited the rows, which are not kept"
REPORTED, OVER = " Test was only reported.", "; the intervals below are over texts, not seeds"
CHANGED = " No longer so: see the end."
SETS_CHANGED = " The sets no longer: see the end."

ADAPTED = """
## The decision rule was fitted again

By `goemox {verb}` on {n:,} rows of {name}, with goemox {version} (texts and labels: sha256
`{sha256}`).
The network is unchanged. {change}
{promise}
"""

LABELS_CHANGED = """\
What is said above of thresholds, calibration and prediction sets no longer holds."""

GROUPS_ADDED = """\
The labels are decided as before, without prediction sets; `--grouping {option}` answers in
groups of them."""

FITTED_BEFORE = """ Their rule was fitted again before that, by `goemox {by}`."""

MOVED = """ `domain_percentile` tells how far a text lies from the texts of {name}."""

FRONT_UNKNOWN = """---
pipeline_tag: text-classification
tags: [multi-label, goemox]
---

# {name}

Decides for each of {n_labels} labels by itself whether a short text has it{calibrated}.
"""

DISTILLED = """
  Its targets are {hard:.0%} people's labels, the rest the mean probability of {teachers} models of the same
  size, of one recipe of their own{texts}."""

DATA_GOEMOTIONS = """
## Data and licence

GoEmotions (Demszky et al. 2020, CC BY 4.0): Reddit comments, each read by three to five raters; a label
counts where at least two gave it. {licence}
**The labels are noisy**: idiom, sarcasm and profanity were often read wrong, and a good share of the
disagreement with this model is the data's. Four labels (grief, relief, pride, nervousness) have 6 to 23 test
rows each, so that their F1 says little.
"""

TIERS = """
## Tiers

`--tier fast` answers with a small network that learned what better models say of {texts:,} texts: macro-F1
on dev {fast:.3f}, the whole model's {best:.3f}, rules and rows apart. `--tier cascade` reads {share:.0%} of
texts like dev with it alone and the rest with the whole model: {cascade:.3f}. All else here is said of the
whole model.
"""

GOEMOTIONS_ROWS = 43_410  # of its train; fewer were trained on with --limit
BUNDLED_BASE, ITS_LICENCE = "all-MiniLM-L6-v2", "license: apache-2.0\n"
LICENCE = "The base all-MiniLM-L6-v2 is under Apache-2.0, and so is this model."
OTHER_LICENCE = "The licence of the base, {base}, holds for this model, too."

FP32_COPY = """
## This copy

It has the fp32 graph alone. Figures, thresholds and calibration are those of the int8 graph that it was
exported from, whose scores differ a little.
"""

USUAL: Mapping[str, float] = {"epochs": 3, "batch_size": 64, "learning_rate": 2e-4, "max_length": 64}
"""Settings of a run without options; its command spells out the others, and all for a reader's own rows."""
USUAL_OF_STUDENTS: Mapping[str, float] = {"epochs": 2, "learning_rate": 2.5e-4}
"""What a student of several teachers has in their place."""

USE = """
## Use

```python
import goemox

clf = goemox.load("path/to/this/folder")
clf("Thank you so much, this made my day!").labels
```

The folder also loads in plain transformers (`AutoModelForSequenceClassification`, sigmoid scores) where it
holds `model.safetensors`; `goemox export --format hf` writes such a folder from one that does not. Scores
there are neither calibrated nor cut: thresholds and calibration are in `goemox.json`.

## Limits

"""

LIMITS_GOEMOTIONS = """\
Reddit comments in English, 2005 to 2019, labelled by a handful of raters of one culture. Rare labels rest
on few rows; look at their intervals. **Elsewhere it is worse**: titles, issues and tweets lie outside the
training domain, most of them are called neutral, the probabilities are too sure and the prediction sets
promise nothing. `domain_percentile` says so text by text; label 100 rows before quoting a figure.
**Not for** judging single people, hiring, policing, moderation without a person, or diagnosis.
"""

LIMITS_OWN = """\
What it says holds for texts like the rows it was trained on, judged by the people who labelled them. Labels
with few rows rest on little{intervals}. Elsewhere the probabilities are too sure: look at
`domain_percentile`, and label 100 rows before quoting a figure.
Do not use it to judge single people, to hire, to police or to diagnose.
"""

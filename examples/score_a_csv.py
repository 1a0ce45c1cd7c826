# %% [markdown]
# # Score a file, and see which rows not to trust
#
# Every text gets labels. Three things say how far to believe them: how far the text lies from what the
# model learned from, how many labels its prediction set needs, and whether its end was read at all.
#
# `python examples/score_a_csv.py yours.csv --out results`

# %%
from collections import Counter

import matplotlib.pyplot as plt
import numpy as np
import polars as pl
from pictures import BLUE, GREY, RED, arguments, save, title

import goemox
from goemox.data.files import read_records

chosen = arguments("Score a file, and see which rows not to trust.", text_column=None)

# %% [markdown]
# ## Read and score
#
# `read_records` finds the column of texts, and sets rows without a text aside instead of failing at them.
# One call scores all texts together.

# %%
unread: list = []
records = list(
    read_records(chosen.file, text_column=chosen.text_column, bad_rows=unread, notice=lambda words: None)
)
clf = goemox.load()
answers = clf.predictions(records)
print(f"{len(answers)} texts of {chosen.file.name} scored, {len(unread)} rows without a text left out")
given = Counter(label for answer in answers for label in answer.labels)
print("most frequent labels:", ", ".join(f"{label} {n}" for label, n in given.most_common(6)))

# %% [markdown]
# ## Which rows not to trust
#
# - **far**: 5 in 100 texts of the model's own world lie beyond this distance. Scores are a ranking at best.
# - **undecided**: the prediction set, which misses at most 20 % of the true labels on average, needs four or
#   more labels.
# - **cut**: the text is longer than the model reads.

# %%
UNDECIDED = 4


def doubt(answer: goemox.Prediction) -> str:
    if answer.in_domain is False:
        return "far"
    if answer.prediction_set is not None and len(answer.prediction_set) >= UNDECIDED:
        return "undecided"
    return "cut" if answer.truncated else ""


table = pl.DataFrame(
    {
        "id": [answer.id for answer in answers],
        "text": [answer.text for answer in answers],
        "labels": ["|".join(answer.labels) for answer in answers],
        "score": [max(answer.scores.values()) for answer in answers],
        "set_size": [
            None if answer.prediction_set is None else len(answer.prediction_set) for answer in answers
        ],
        "domain_percentile": [answer.domain_percentile for answer in answers],
        "doubt": [doubt(answer) for answer in answers],
    },
    schema_overrides={"set_size": pl.Int64, "domain_percentile": pl.Float64},
)
table.write_csv(chosen.out / "scored.csv")
reasons = Counter(table["doubt"])
print(f"trust {reasons.pop('', 0)} rows as far as the model goes; look at the others:")
for reason, n in reasons.most_common():
    print(f"  {n} {reason}")
    rows = table.filter(pl.col("doubt") == reason).sort("domain_percentile", descending=True, nulls_last=True)
    for row in rows.head(3).iter_rows(named=True):
        print(f"    {row['id']}: {row['text'][:60]} -> {row['labels']} (score {row['score']:.2f})")

# %% [markdown]
# ## The picture
#
# Texts like the model's own would fill the left panel evenly, to the dashed line; a heap on the right is
# what other worlds look like. On the right, more labels in a set mean that the model can tell less.

# %%
figure, (left, right) = plt.subplots(1, 2, figsize=(9, 3.6), width_ratios=(3, 2))
percentiles = table["domain_percentile"].drop_nulls().to_numpy()
edges = np.arange(0, 101, 5)
counts, _ = np.histogram(percentiles, edges)
beyond = edges[:-1] >= 95
left.bar(edges[:-1][~beyond], counts[~beyond], width=4.6, align="edge", color=BLUE)
left.bar(edges[:-1][beyond], counts[beyond], width=4.6, align="edge", color=RED)
left.axhline(len(percentiles) / 20, color=GREY, linestyle="--", linewidth=1)
left.annotate("at home", (1, len(percentiles) / 20), (0, 3), textcoords="offset points", color="#565e67")
left.set(xlim=(0, 100), xlabel="distance from what the model knows (percentile)", ylabel="texts")
left.set_title(f"{counts[beyond].sum()} texts lie beyond the cut at 95")
sizes = table["set_size"].drop_nulls().to_numpy()
ticks = np.arange(0, max(6, sizes.max(initial=0)) + 1)
held = np.bincount(sizes, minlength=len(ticks))
right.bar(ticks, held, width=0.8, color=[RED if size >= UNDECIDED else BLUE for size in ticks])
right.set(xlabel="labels in the prediction set", ylabel="texts", xticks=ticks)
right.set_title(f"{(sizes >= UNDECIDED).sum()} sets of {UNDECIDED} labels or more")
title(
    figure,
    f"{table['doubt'].ne('').sum()} of {len(table)} rows need a second look",
    f"{len(table)} texts of {chosen.file.name}; sets are left out where nothing is promised (far texts)",
)
save(figure, chosen.out / "trust.png")

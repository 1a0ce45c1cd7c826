# %% [markdown]
# # Label a hundred rows and adapt
#
# A hundred labels buy three things: scores that mean what they say on *your* texts, labels in *your*
# words, and the only accuracy that you may quote. Here somebody has labelled already; the loop is
#
# ```
# goemox sample yours.csv -n 100 -o to-label.jsonl
# goemox label to-label.jsonl --mapping feelings.mapping.json -o labels.jsonl
# python examples/label_and_adapt.py yours.csv --labels labels.jsonl --mapping feelings.mapping.json
# ```

# %%
import matplotlib.pyplot as plt
import numpy as np
from pictures import BLUE, GREY, OWN, RED, arguments, bars_between, save, title

import goemox
from goemox.adaptation import adapt
from goemox.data.files import read_records
from goemox.data.labelled import load_labelled_file
from goemox.evaluation.mapping import read_groups

chosen = arguments(
    "Label a hundred rows and adapt.", labels=OWN / "labels.jsonl", mapping=OWN / "feelings.mapping.json"
)

# %% [markdown]
# ## What was labelled
#
# The mapping says which of the model's 28 labels each of your own is made of. It is a guess: `adapt` keeps
# of it what the rows bear out.


# %%
def quiet(words: str) -> None:
    """Guesses about columns are right here; `print` in its place shows them."""


clf = goemox.load()
mapping = read_groups(chosen.mapping)
labelled = load_labelled_file(chosen.labels, notice=quiet)
texts = list(read_records(chosen.file, bad_rows=[], notice=quiet))
print(f"{len(labelled)} labelled rows, {len(texts)} texts, {len(mapping)} labels: {', '.join(mapping)}")

# %% [markdown]
# ## Adapt
#
# The folder holds the same network, read in another way. Every figure below is cross-validated: rows that
# a fit has seen say nothing about it.

# %%
folder = chosen.out / "adapted"  # replaces the one of an earlier run; a folder with other files is refused
report = adapt(
    clf,
    labelled,
    name=chosen.labels.name,
    mapping=mapping,
    grouping="own",
    texts=texts,
    output=folder,
    say=quiet,
)
quotable = report.quotable or {}  # empty where fewer than 20 rows are random
if quotable:
    print(f"to be quoted, on {report.n_random} random rows that each fit did not see:")
else:
    print(f"{report.n_random} random rows are too few for figures and for pictures: label more")
for name in ("macro_f1", "micro_f1") if quotable else ():
    figure_of = quotable[name]
    low, value, high = (figure_of[key] for key in ("low", "value", "high"))
    # macro-F1 has no interval where a label has fewer than five rows
    print(f"  {name} {value:.2f} ({'no interval' if np.isnan(low) else f'{low:.2f} to {high:.2f}'})")
adapted = goemox.load(folder).grouped("own")
records = [
    goemox.TextRecord(str(i), text)
    for i, text in enumerate(("My bus never came and I missed the train!", "Is it open on Sunday?"))
]
for answer in adapted.predictions(records):
    print(f"  {answer.text!r}: {', '.join(answer.labels) or 'none of them'}; set: {answer.prediction_set}")

# %% [markdown]
# ## Before and after
#
# Left: how good. Right: how far a score is from the odds it states. Lines are 95 % intervals of the
# *difference* after adapting, drawn from the value before: where one crosses the hollow point, the rows do
# not show that adapting helped.

# %%
if not quotable:
    raise SystemExit
NAMES = {
    "macro_f1": "macro-F1",
    "micro_f1": "micro-F1",
    "ece_mean": "calibration error",
    "brier": "Brier score",
}
figure, panels = plt.subplots(1, 2, figsize=(9, 2.8), width_ratios=(1, 1))
for axes, keys, words in zip(
    panels,
    (("micro_f1", "macro_f1"), ("brier", "ece_mean")),
    ("higher is better", "lower is better"),
    strict=True,
):
    for height, key in enumerate(keys):
        metric = report.metrics[key]
        before, after = metric["before"], metric["after"]
        low, high = before + metric["low"], before + metric["high"]
        bars_between(axes, [low], [after], [high], [height], RED, None if height else "after")
        axes.plot(before, height, "o", markerfacecolor="none", color=BLUE, label=None if height else "before")
        print(f"{NAMES[key]}: {before:.3f} before, {after:.3f} after")
    axes.set(yticks=range(len(keys)), ylim=(-0.6, len(keys) - 0.4), xlabel=words)
    axes.set_yticklabels([NAMES[key] for key in keys])
panels[0].set_xlim(right=1)
panels[1].set_xlim(left=0)
figure.legend(*panels[0].get_legend_handles_labels(), loc="upper right", ncols=2)
title(
    figure,
    f"What {report.n} labels bought",
    f"{report.n_random} random rows, cross-validated five times; lines: 95 % intervals of the difference",
)
save(figure, chosen.out / "before-after.png")

# %% [markdown]
# ## How often does each feeling occur?
#
# From the labels alone, and prediction-powered: the answers to all texts, corrected by how wrong they are
# on the labelled rows. Both hold the truth about 95 times in 100 if the rows are a random sample; the second
# is narrower where the answers are worth something.

# %%
names = sorted(report.prevalences, key=lambda label: report.prevalences[label].classical.value)
figure, axes = plt.subplots(figsize=(7, 0.6 * len(names) + 1.4))
for kind, colour, shift, words in (
    ("classical", GREY, -0.14, f"from {report.n_random} labels alone"),
    ("powered", BLUE, 0.14, f"with the answers to {report.n_texts} more texts"),
):
    found = [(i, getattr(report.prevalences[name], kind)) for i, name in enumerate(names)]
    at = [i + shift for i, interval in found if interval is not None]
    kept = [interval for _, interval in found if interval is not None]
    if kept:
        low, value, high = np.transpose(
            [(100 * each.low, 100 * each.value, 100 * each.high) for each in kept]
        )
        bars_between(axes, low, value, high, at, colour, words)
axes.set(xlabel="share of texts (%)", xlim=(0, None), yticks=range(len(names)))
axes.set_yticklabels(names)
axes.legend(loc="lower right", reverse=True)
title(figure, "How often each feeling occurs", f"texts of {chosen.file.name}; 95 % intervals")
save(figure, chosen.out / "shares.png")

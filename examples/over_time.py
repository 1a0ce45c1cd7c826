# %% [markdown]
# # Feelings over time and between groups
#
# When did people get angry, and who? The answers go into a pandas frame, so that everything else is a
# `groupby`. Each share has an interval, and periods with few texts are left out: with five texts anything
# goes up and down.
#
# `python examples/over_time.py yours.csv --date created_at --group team --every MS --out results`

# %%
import matplotlib.dates as mdates
import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from pictures import BLUE, GREY, RED, arguments, bars_between, save, title
from scipy.stats import chi2_contingency

import goemox
from goemox.data.files import read_records
from goemox.evaluation.intervals import wilson
from goemox.evaluation.significance import holm
from goemox.profiling.times import read_times

chosen = arguments("Feelings over time and between groups.", date="date", group="service", every="2MS")
FEW = 8  # texts of a period below which its share is not drawn

# %% [markdown]
# ## A frame with the answers
#
# The texts are scored once and decided twice: as 28 labels, and as four sentiments, which have cuts of
# their own (better than adding up labels). Other columns of the file come along in `meta`.

# %%
records = list(read_records(chosen.file, bad_rows=[], notice=lambda words: None))
clf = goemox.load()
sentiment = clf.grouped("sentiment")
probabilities = clf.rule.probabilities(clf.scores(records))
frame = pd.DataFrame(clf.rule.decide(probabilities), columns=list(clf.labels))
frame["negative"], frame["positive"] = (
    sentiment.rule.decide(sentiment.groups.probabilities(probabilities))[:, sentiment.labels.index(name)]
    for name in ("negative", "positive")
)
frame["group"] = [str(record.meta.get(chosen.group, "all texts")) for record in records]
frame["date"] = pd.to_datetime(read_times(records, chosen.date), utc=True)
groups = frame["group"].value_counts().index[:4].tolist()
print(f"{len(frame)} texts, {frame['date'].isna().sum()} without a date; groups: {', '.join(groups)}")


def shares(rows: pd.DataFrame, label: str) -> tuple[float, float, float]:
    """Share of the rows given a label, in per cent, between the ends of its 95 % interval (Wilson)."""
    low, high = wilson(rows[label].sum(), len(rows))
    return 100 * float(low), 100 * rows[label].mean(), 100 * float(high)


# %% [markdown]
# ## Over time
#
# A panel for each group, the same axes in all. The bands are 95 % intervals: where those of two periods
# overlap widely, nothing is known to have changed.

# %%
periods = {}
for group in groups:
    dated = frame[frame["group"] == group].dropna(subset="date").resample(chosen.every, on="date")
    kept = [(start.to_pydatetime(), rows) for start, rows in dated if len(rows) >= FEW]
    if kept:
        periods[group] = kept
if not periods:
    print(f"no picture over time: no period has {FEW} texts with a date in column {chosen.date!r}")
else:
    figure, panels = plt.subplots(
        1, len(periods), figsize=(3.2 * len(periods) + 0.6, 3.6), sharey=True, squeeze=False
    )
    for axes, (group, kept) in zip(panels[0], periods.items(), strict=True):
        starts = [start for start, _ in kept]
        for label, colour, shape in (("negative", RED, "o"), ("positive", BLUE, "s")):
            low, value, high = np.transpose([shares(rows, label) for _, rows in kept])
            axes.fill_between(starts, low, high, color=colour, alpha=0.15, linewidth=0)
            axes.plot(starts, value, color=colour, marker=shape, markersize=4, label=label)
        axes.set_title(f"{group} ({sum(frame['group'] == group)} texts)")
        axes.xaxis.set_major_locator(mdates.AutoDateLocator(maxticks=5))
        axes.xaxis.set_major_formatter(mdates.ConciseDateFormatter(axes.xaxis.get_major_locator()))
    panels[0, 0].set(ylabel="share of texts (%)", ylim=(0, 100))
    panels[0, -1].legend(loc="upper right")
    points = [
        (shares(rows, "negative"), start, group) for group, kept in periods.items() for start, rows in kept
    ]
    (low, value, high), start, group = max(points, key=lambda point: point[0][1])
    words = f"most negative: {group} from {start:%B %Y}, {value:.0f} % of texts ({low:.0f} to {high:.0f} %)"
    print(words)
    title(
        figure,
        words[0].upper() + words[1:],
        f"{len(frame)} texts of {chosen.file.name}; a point holds the texts up to the next one (under {FEW}: "
        "no point); bands: 95 % intervals",
    )
    save(figure, chosen.out / "over-time.png")

# %% [markdown]
# ## Between groups
#
# A test for each label that enough texts have (chi-squared), corrected for all of them (Holm). Only labels
# that pass are called different, however far apart their points lie.

# %%
compared = frame[frame["group"].isin(groups)]
given = [label for label in clf.labels if compared[label].sum() >= 5 * len(groups)]
tables = [pd.crosstab(compared["group"], compared[label]) for label in given]
adjusted = holm(np.array([chi2_contingency(table).pvalue if len(groups) > 1 else 1.0 for table in tables]))
differ = [label for label, p in zip(given, adjusted, strict=True) if p < 0.05]
shown = sorted(clf.labels, key=lambda label: compared[label].mean())[-10:]
figure, axes = plt.subplots(figsize=(7, 5))
for i, (group, colour) in enumerate(zip(groups, (RED, BLUE, GREY, "#1a1d21"), strict=False)):
    low, value, high = np.transpose([shares(frame[frame["group"] == group], label) for label in shown])
    heights = np.arange(len(shown)) + 0.2 * (i - (len(groups) - 1) / 2)
    bars_between(axes, low, value, high, heights, colour, group)
axes.set(xlabel="share of texts given the label (%)", xlim=(0, None), yticks=range(len(shown)))
axes.set_yticklabels([f"{label} *" if label in differ else label for label in shown])
axes.legend(loc="lower right", reverse=True)
words = f"groups differ in {', '.join(differ)}" if differ else "groups are not known to differ"
print(f"{words} (chi-squared, Holm over {len(given)} labels)")
title(
    figure,
    words[0].upper() + words[1:],
    f"{len(frame)} texts of {chosen.file.name}; 95 % intervals; * beyond chance",
)
save(figure, chosen.out / "groups.png")

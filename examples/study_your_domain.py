# %% [markdown]
# # Study your own domain
#
# What does the model say of your texts, how does that differ from its home, and can it be believed?
# `study` writes a page that answers all three; here the same figures are drawn as two pictures for a paper
# or a slide.
#
# `python examples/study_your_domain.py yours.csv --group-by team --out results`

# %%
import matplotlib.pyplot as plt
import numpy as np
from pictures import BLUE, GREY, RED, arguments, bars_between, save, title

import goemox

chosen = arguments("Study your own domain.", group_by=None, name="comments")

# %% [markdown]
# ## One call, one page
#
# Nothing goes over the network. The findings are sentences; the page has everything behind them.

# %%
report = goemox.study(domains={chosen.name: chosen.file}, group_by=chosen.group_by, offline=True)
page = goemox.write_report(report, chosen.out / "study")
content = report.to_dict()
home, domain = content["in_domain"], content["domains"][0]
for finding in content["findings"]:
    if chosen.name in finding["text"]:
        print("-", finding["text"])
print(f"the whole report: {page}")

# %% [markdown]
# ## Which labels are given more often here than at home?
#
# Shares of texts with their 95 % intervals (Wilson). Hollow points are GoEmotions' test texts. Only labels
# whose *scores* moved beyond chance (a test for each label, corrected for all of them) are set in colour:
# a share can look different by luck.

# %%
share, interval = domain["label_share"], domain["label_share_interval"]
moved = set(domain["tests"].get("moved") or [])
labels = sorted(share, key=lambda label: share[label])[-14:]
heights = np.arange(len(labels))
figure, axes = plt.subplots(figsize=(7, 5))
for is_moved, colour, words in (
    (True, RED, "scores moved beyond chance"),
    (False, GREY, "not shown to move"),
):
    at = [i for i in heights if (labels[i] in moved) == is_moved]
    low, high = ([100 * interval[labels[i]][end] for i in at] for end in (0, 1))
    if at:
        bars_between(axes, low, [100 * share[labels[i]] for i in at], high, at, colour, f"here, {words}")
at_home = [100 * home["label_share"][label] for label in labels] if home else []
if home:
    axes.plot(
        at_home, heights, "o", markerfacecolor="none", color=BLUE, label=f"at home ({home['n']:,} texts)"
    )
axes.set(yticks=heights, xlabel="share of texts given the label (%)", xlim=(0, None))
axes.set_yticklabels(labels)
axes.legend(loc="lower right")
differences = {label: share[label] - home["label_share"][label] for label in labels} if home else {}
most = max(
    (label for label in labels if label in moved), key=lambda x: abs(differences.get(x, 0)), default=""
)
words = "what the texts are given"
if most and home:
    there = 100 * home["label_share"][most]
    words = f"{most} is given to {100 * share[most]:.0f} % of the texts, {there:.0f} % at home"
print(words)
title(figure, words[0].upper() + words[1:], f"{domain['n']:,} texts of {chosen.file.name}; 95 % intervals")
save(figure, chosen.out / "labels.png")

# %% [markdown]
# ## How far do the texts lie?
#
# The model's own texts spread evenly over the percentiles; 5 % of them lie beyond 95. Where many more of
# yours do, scores there are a ranking at best, and no prediction set is given.

# %%
distance = domain["distance"]
figure, axes = plt.subplots(figsize=(7, 3.2))
edges, counts = np.array(distance["histogram"]["edges"]), np.array(distance["histogram"]["counts"])
middle, width = (edges[:-1] + edges[1:]) / 2, np.diff(edges)
axes.bar(middle, 100 * counts / counts.sum(), 0.92 * width, color=[RED if m > 95 else BLUE for m in middle])
axes.plot(
    edges[[0, -1]], [100 * width[0] / 100] * 2, color=GREY, linestyle="--", label="the model's own texts"
)
axes.set(xlabel="distance from what the model knows (percentile)", ylabel="texts (%)", xlim=(0, 100))
axes.legend(loc="upper left")
low, high = (100 * end for end in distance["share_outside_interval"])
words = f"{100 * distance['share_outside']:.0f} % of the texts lie beyond the cut ({low:.0f} to {high:.0f} %)"
print(f"{words}; at home 5 % do")
title(
    figure,
    words,
    f"{domain['n']:,} texts of {chosen.file.name}; cut at 95, where 5 % of the model's own lie beyond",
)
save(figure, chosen.out / "distance.png")

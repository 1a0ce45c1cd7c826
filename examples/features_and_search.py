# %% [markdown]
# # Emotions as features, and search by feeling
#
# In a scikit-learn pipeline the 28 probabilities are a small, good description of a text for a task of
# your own. Here: *does somebody have to act on this comment?* Then the same numbers find comments that
# **feel** alike, and the embeddings find comments that **read** alike.
#
# `python examples/features_and_search.py yours.csv --labels labels.jsonl --positive "cross|worried"`

# %%
import matplotlib.pyplot as plt
import numpy as np
from pictures import BLUE, GREY, INK, OWN, RED, arguments, bars_between, save, title
from scipy.special import logit
from sklearn.base import BaseEstimator, TransformerMixin
from sklearn.decomposition import PCA
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score
from sklearn.model_selection import StratifiedKFold, cross_val_predict
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

import goemox
from goemox.data.files import read_records
from goemox.data.labelled import load_labelled_file

chosen = arguments(
    "Emotions as features, and search by feeling.",
    labels=OWN / "labels.jsonl",
    positive="cross|worried|asking",
    query="I am afraid that they will close it for good.",
)
clf = goemox.load()


# %% [markdown]
# ## A transformer
#
# It has nothing to fit, so texts may be scored once and the matrix used in every fold. Log-odds are nearer
# to linear than probabilities.


# %%
class Feelings(TransformerMixin, BaseEstimator):
    """n texts to log-odds (n, 28)."""

    def fit(self, texts: list[str], truth: object = None) -> "Feelings":  # noqa: ARG002
        return self

    def transform(self, texts: list[str]) -> np.ndarray:
        return logit(clf.predict_proba(list(texts)))


labelled = load_labelled_file(chosen.labels, notice=lambda words: None)
texts = [record.text for record in labelled]
wanted = set(chosen.positive.split("|"))
act = np.array([bool(wanted & (record.labels or frozenset())) for record in labelled])
print(f"{act.sum()} of {len(act)} labelled comments need somebody to act ({', '.join(sorted(wanted))})")

# %% [markdown]
# ## Do emotions say more than words?
#
# Each way is asked about rows that its fit did not see (five folds). AUROC: given a comment of each kind,
# how often is the right one ranked higher; 50 % is guessing. Intervals: bootstrap over the comments.

# %%
embeddings = np.asarray(clf.scores(texts).embeddings, dtype=np.float64)
ways = {
    "words (TF-IDF)": (texts, make_pipeline(TfidfVectorizer(ngram_range=(1, 2)), LogisticRegression(C=10))),
    f"embeddings ({embeddings.shape[1]})": (
        embeddings,
        make_pipeline(StandardScaler(), LogisticRegression(C=0.01)),
    ),
    "emotions (28)": (
        Feelings().transform(texts),
        make_pipeline(StandardScaler(), LogisticRegression(C=0.1)),
    ),
}
folds = StratifiedKFold(5, shuffle=True, random_state=0)
generator = np.random.default_rng(0)
draws = generator.integers(0, len(act), (200, len(act)))
figure, axes = plt.subplots(figsize=(7, 2.4))
quality = {}
for height, (name, (features, model)) in enumerate(ways.items()):
    found = cross_val_predict(model, features, act, cv=folds, method="predict_proba")[:, 1]
    resampled = [roc_auc_score(act[draw], found[draw]) for draw in draws if 0 < act[draw].sum() < len(act)]
    low, high = np.percentile(resampled, (2.5, 97.5))
    quality[name] = roc_auc_score(act, found)
    bars_between(axes, [100 * low], [100 * quality[name]], [100 * high], [height], BLUE)
    print(f"{name}: ranks {100 * quality[name]:.0f} of 100 pairs right ({100 * low:.0f} to {100 * high:.0f})")
axes.axvline(50, color=GREY, linestyle="--", linewidth=1)
axes.annotate("guessing", (50, len(ways) - 0.5), (3, -4), textcoords="offset points", color="#565e67")
axes.set(yticks=range(len(ways)), ylim=(-0.6, len(ways) - 0.4), xlabel="pairs ranked right (AUROC, %)")
axes.set(xlim=(min(45, axes.get_xlim()[0]), 101))
axes.set_yticklabels(ways)
best = max(quality, key=quality.__getitem__)
title(
    figure,
    f"Best at telling who needs an answer: {best}",
    f"{len(act)} labelled comments, five-fold cross-validation; lines: 95 % bootstrap intervals",
)
save(figure, chosen.out / "features.png")

# %% [markdown]
# The pipeline to keep takes texts:

# %%
pipeline = make_pipeline(Feelings(), StandardScaler(), LogisticRegression(C=0.1)).fit(texts, act)
for text in ("The door of the lift has been broken for a week.", "Lovely afternoon, thanks to everybody."):
    print(f"{text!r}: act with probability {pipeline.predict_proba([text])[0, 1]:.2f}")

# %% [markdown]
# ## Search
#
# *By feeling*: the smallest Hellinger distance between the probabilities. *By reading*: the largest cosine
# of the embeddings, less their mean. goemox's embeddings come from an early layer, chosen to see how
# strange a text is: they go by words and form, and are no match for a model made for search.

# %%
records = list(read_records(chosen.file, bad_rows=[], notice=lambda words: None))
scores = clf.scores(records)
probabilities = clf.rule.probabilities(scores)
asked = clf.scores([chosen.query])
apart = np.linalg.norm(np.sqrt(probabilities) - np.sqrt(clf.rule.probabilities(asked)), axis=1)
middle = scores.embeddings.mean(axis=0, dtype=np.float64)
rows, query = scores.embeddings - middle, asked.embeddings[0] - middle
alike = rows @ query / np.linalg.norm(rows, axis=1) / np.linalg.norm(query)
print(f"like {chosen.query!r}")
for words, order in (("by feeling", np.argsort(apart)), ("by reading", np.argsort(-alike))):
    print(f"  {words}:")
    for i in order[:3]:
        print(f"    {records[i].text}")

# %% [markdown]
# ## Two maps of the same comments
#
# The two directions in which the comments differ most (principal components). Colours are what the model
# says: on the left it did not use them to place the points, on the right it did.

# %%
sentiment = clf.grouped("sentiment")
groups = sentiment.groups.probabilities(probabilities)
strongest = np.array(sentiment.labels)[groups.argmax(axis=1)]
figure, panels = plt.subplots(1, 2, figsize=(9, 4.2))
places = ("how they read (embeddings)", rows), ("how they feel (log-odds)", logit(probabilities))
for axes, (words, matrix) in zip(panels, places, strict=True):
    reduced = PCA(2, random_state=0)
    points = reduced.fit_transform(matrix)
    for name, colour, shape in (
        ("neutral", "#c3c8ce", "o"), ("ambiguous", INK, "x"), ("positive", BLUE, "s"), ("negative", RED, "^"),
    ):  # fmt: skip
        chosen_rows = strongest == name
        axes.scatter(*points[chosen_rows].T, s=16, color=colour, marker=shape, label=name, linewidths=1)
    first, second = 100 * reduced.explained_variance_ratio_
    axes.set(xlabel=f"first component ({first:.0f} % of the variance)", ylabel=f"second ({second:.0f} %)")
    axes.set(xticks=[], yticks=[])
    axes.set_title(words)
panels[0].legend(loc="upper right")
title(
    figure,
    f"{len(records)} comments, twice",
    f"{chosen.file.name}; colours: the sentiment with the highest probability",
)
save(figure, chosen.out / "maps.png")

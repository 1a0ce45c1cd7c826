"""Which flat picture of two sets of texts shows how far they mix: behind `studies.text_map`.

    GOEMOX_DATA=... python benchmarks/text_map.py

400 texts of each set and 400 in-domain texts of the bundled profile, in its main whitened directions. For
each picture the share of in-domain texts among the ten nearest neighbours of the set's texts, beside the
share in all directions; scikit-learn's trustworthiness; seconds. Writes results/text_map.json.
"""

from __future__ import annotations

import json
import os
import platform
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
from sklearn.decomposition import PCA
from sklearn.manifold import TSNE, trustworthiness

import goemox
from goemox.data.files import read_records
from goemox.data.goemotions import read_split
from goemox.domain_shift.lengths import auroc
from goemox.domain_shift.neighbours import reference_share
from goemox.domain_shift.projection import telling_projection

N, SEED = 400, 0
OUTSIDE = {
    "Reddit, other boards": "unlabelled/reddit.jsonl",
    "tweets": "unlabelled/tweets.jsonl",
    "developers' comments": "outside/jira.jsonl",
    "self-reports": "outside/isear.jsonl",
    "story titles": "hackernews/titles_2015_2016.jsonl",
    "issue titles": "github_issues/titles.jsonl",
}
Pair = tuple[np.ndarray, np.ndarray]


def main() -> None:
    data = Path(os.environ["GOEMOX_DATA"])
    classifier = goemox.load()
    profile = classifier.profile
    assert profile is not None
    assert profile.coordinates is not None
    rng = np.random.default_rng(SEED)

    def draw(records: list) -> np.ndarray:
        kept = [records[i].text for i in rng.permutation(len(records))[:N]]
        embeddings = classifier.scores(kept).embeddings
        assert embeddings is not None
        return profile.placed(embeddings).coordinates.astype(np.float64)

    home = profile.coordinates[rng.permutation(len(profile.coordinates))[:N]].astype(np.float64)
    sets = {"GoEmotions test": draw(list(read_split(data / "goemotions", "test")))}
    sets |= {name: draw(list(read_records(data / file))) for name, file in OUTSIDE.items()}
    pictures: dict[str, Callable[[np.ndarray], Pair]] = {
        "principal components": lambda there: halves(PCA(2).fit_transform(np.concatenate([home, there]))),
        "t-SNE": lambda there: halves(
            TSNE(2, init="pca", random_state=SEED, max_iter=500).fit_transform(np.concatenate([home, there]))
        ),
        "discriminant, not crossed": lambda there: uncrossed(home, there),
        "discriminant, crossed": lambda there: telling_projection(home, there, seed=SEED),
    }
    rows = []
    for name, there in sets.items():
        row: dict[str, object] = {"set": name, "all directions": share(home, there)}
        for picture, draw_flat in pictures.items():
            start = time.perf_counter()
            before, after = draw_flat(there)
            seconds = time.perf_counter() - start
            row[picture] = {
                "share": share(before, after),
                "trustworthiness": round(float(kept(home, there, before, after)), 3),
                "auroc_across": round(auroc(before[:, 0], after[:, 0]).value, 3),
                "seconds": round(seconds, 3),
            }
        rows.append(row)
        print(row)
    result = {
        "claim": "a crossed discriminant and the component of the rest show best how far two sides mix",
        "date": datetime.now(UTC).date().isoformat(),
        "machine": f"{platform.system()} {platform.machine()}",
        "n": N,
        "seed": SEED,
        "neighbours": rows,
    }
    target = Path(__file__).parent / "results" / "text_map.json"
    target.write_text(json.dumps(result, indent=1) + "\n", encoding="utf-8")


def share(before: np.ndarray, after: np.ndarray) -> float:
    found = reference_share(before, after, seed=SEED)
    assert found is not None
    return round(found, 3)


def kept(home: np.ndarray, there: np.ndarray, before: np.ndarray, after: np.ndarray) -> float:
    return trustworthiness(np.concatenate([home, there]), np.concatenate([before, after]), n_neighbors=10)


def halves(places: np.ndarray) -> Pair:
    return places[:N], places[N:]


def uncrossed(home: np.ndarray, there: np.ndarray) -> Pair:
    """The same discriminant, each text placed by a direction that it helped to choose."""
    within = (np.cov(home, rowvar=False) + np.cov(there, rowvar=False)) / 2
    direction = np.linalg.solve(within + np.eye(home.shape[1]), there.mean(axis=0) - home.mean(axis=0))
    direction /= np.linalg.norm(direction)
    both = np.concatenate([home, there])
    rest = both - np.outer(both @ direction, direction)
    return halves(np.column_stack([both @ direction, PCA(1).fit_transform(rest)[:, 0]]))


if __name__ == "__main__":
    main()

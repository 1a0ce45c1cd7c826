"""AUROC, FPR at 95 % TPR, Mahalanobis distance and energy against pytorch-ood, which is not a dependency."""

import importlib
import sys
from importlib.util import find_spec
from types import ModuleType

import numpy as np
import pytest

from goemox.domain import DomainProfile
from goemox.domain_shift.evidence import emotion_evidence
from goemox.domain_shift.lengths import auroc, fpr95


@pytest.fixture(scope="module")
def torch(library):
    """What theirs takes its numbers in."""
    if "pytorch_ood" not in sys.modules and find_spec("pytorch_ood") is None:
        pytest.skip("pytorch-ood is not installed")
    return library("torch")


def part(name):
    """One module of pytorch-ood alone; its packages need a torchvision of the same build as torch."""
    above = name.split(".")[:-1]
    for depth in range(1, len(above) + 1):
        package = ".".join(above[:depth])
        if package not in sys.modules:
            module = ModuleType(package)
            module.__path__ = list(find_spec(package).submodule_search_locations)
            sys.modules[package] = module
    return importlib.import_module(name)


@pytest.mark.parametrize("seed", range(10))
@pytest.mark.parametrize("tied", [False, True])
def test_auroc_and_fpr95_are_theirs(torch, seed, tied):
    metrics = part("pytorch_ood.metrics.functional")
    generator = np.random.default_rng(seed)
    before, after = generator.normal(size=90), generator.normal(0.8, 1.5, size=70)
    if tied:
        before, after = np.round(before), np.round(after)
    scores = torch.tensor(np.concatenate([before, after]))
    labels = torch.tensor([0] * len(before) + [-1] * len(after))  # below 0: from elsewhere
    assert auroc(before, after).value == pytest.approx(float(metrics.auroc(scores, labels)))
    assert fpr95(before, after) == pytest.approx(float(metrics.fpr_at_tpr(scores, labels, tpr=0.95)))


@pytest.mark.parametrize("seed", range(5))
def test_mahalanobis_distances_are_theirs_up_to_their_scale(torch, seed):
    """Theirs is half the squared distance under the sum of the outer products, ours the distance itself."""
    generator = np.random.default_rng(seed)
    mixing = np.eye(6) + 0.2 * generator.normal(size=(6, 6))
    train, texts = generator.normal(size=(400, 6)) @ mixing, generator.normal(size=(50, 6)) @ mixing + 1
    profile = DomainProfile.fit(train, train[:60], np.zeros((60, 1)), np.ones(60, dtype=np.int32), ridge=0)
    detector = part("pytorch_ood.detector.mahalanobis").Mahalanobis(None)
    detector.fit_features(
        torch.tensor(train, dtype=torch.float32), torch.zeros(len(train), dtype=torch.int64)
    )
    theirs = detector.predict_features(torch.tensor(texts, dtype=torch.float32)).numpy()
    np.testing.assert_allclose(
        profile.placed(texts).distances, np.sqrt(2 * theirs * (len(train) - 1)), rtol=1e-3
    )


@pytest.mark.parametrize("seed", range(5))
def test_joint_energy_is_the_sum_of_their_energies_of_each_label_against_nothing(torch, seed):
    energy = part("pytorch_ood.detector.energy").EnergyBased
    logits = np.random.default_rng(seed).normal(0, 4, (30, 5))
    labels = ("joy", "fear", "love", "grief", "neutral")
    pairs = [np.stack([np.zeros(30), logits[:, j]], axis=1) for j in range(4)]
    theirs = sum(-energy.score(torch.tensor(pair)).numpy() for pair in pairs)
    np.testing.assert_allclose(emotion_evidence(logits, labels), theirs)

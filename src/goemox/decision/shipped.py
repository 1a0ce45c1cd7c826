"""`rule_of`: the decision rule that a model folder ships, or the plain one for its kind of model."""

from __future__ import annotations

from goemox.decision.rule import DecisionRule
from goemox.decision.softmax import SoftmaxRule
from goemox.errors import InvalidModel
from goemox.model_folder import CONFIG, FACTS, ModelFolder

__all__ = ["PROBLEM_TYPES", "rule_of"]

PROBLEM_TYPES = {"sigmoid": "multi_label_classification", "softmax": "single_label_classification"}
"""What config.json calls a model whose logits go through each activation."""


def rule_of(folder: ModelFolder) -> DecisionRule:
    """The folder's own rule; where it has none, softmax for a single-label model and sigmoids for any other.

    Raises InvalidModel for an unknown activation, one that contradicts config.json, or an unreadable rule.
    """
    problem = folder.config.get("problem_type")
    if folder.facts is None:
        kind = SoftmaxRule if problem == PROBLEM_TYPES["softmax"] else DecisionRule
        return kind.unfitted(folder.labels)
    activation, where = str(folder.facts.get("activation", "sigmoid")), folder.path / FACTS
    if activation not in PROBLEM_TYPES:
        known = " and ".join(PROBLEM_TYPES)
        raise InvalidModel(f"{where}: activation {activation!r}; this goemox knows {known}")
    if problem not in (None, PROBLEM_TYPES[activation]):
        raise InvalidModel(
            f"{folder.path}: {FACTS} says {activation}, but {CONFIG} says problem_type {problem}; "
            "export the model again"
        )
    if activation == "softmax":
        return SoftmaxRule.unfitted(folder.labels)
    return DecisionRule.from_facts(folder.facts, folder.labels, str(where))

"""The model card: `README.md` of a model folder, written from its own numbers."""

from __future__ import annotations

from collections.abc import Mapping
from shlex import quote
from typing import Any

from goemox.labels import GOEMOTIONS
from goemox.model_card_texts import (
    ADAPTED,
    BUNDLED_BASE,
    CHANGED,
    DATA_GOEMOTIONS,
    DISTILBERT,
    DISTILLED,
    FACTS,
    FITTED_BEFORE,
    FRONT_GOEMOTIONS,
    FRONT_OWN,
    FRONT_UNKNOWN,
    GOEMOTIONS_ROWS,
    GROUPS_ADDED,
    ITS_LICENCE,
    LABELS_CHANGED,
    LICENCE,
    LIMITS_GOEMOTIONS,
    LIMITS_OWN,
    MOVED,
    OTHER_LICENCE,
    OVER,
    REPORTED,
    ROWS_OWN,
    SEEDS_GOEMOTIONS,
    SEEDS_OWN,
    SETS_CHANGED,
    TIERS,
    USE,
    USUAL,
    USUAL_OF_STUDENTS,
)

__all__ = ["adapted_card", "model_card"]


def model_card(facts: Mapping[str, Any], evaluation: Mapping[str, Any] | None) -> str:
    """The card as Markdown. facts: goemox.json. evaluation: evaluation.json, or None without a test split."""
    training = facts["training"]
    is_published = _is_published(facts)
    is_bundled_base = training["base"] == BUNDLED_BASE
    first_base = training["base"].partition(" via ")[0]  # what a model that was trained further began as
    fronted = (FRONT_GOEMOTIONS if is_published else FRONT_OWN).format(
        base=first_base,
        license=ITS_LICENCE if is_bundled_base else "",
        name=facts["name"],
        n_labels=len(facts["labels"]),
    )
    head = FACTS.format(
        base=training["base"],
        architecture=DISTILBERT if training.get("model_type", "distilbert") == "distilbert" else "",
        parameters=training["parameters"],
        data=training["data"],
        distilled=_distilled(training),
        seed=training["recipe"]["seed"],
        version=facts["goemox_version"],
        command=_command(training, is_published),
        seeds=SEEDS_GOEMOTIONS if is_published else SEEDS_OWN,
        rows="" if is_published else ROWS_OWN,
        reported=REPORTED if evaluation else "",
        over=OVER if evaluation else "",
        changed=_changed(facts.get("adapted")),
    )
    licence = LICENCE if is_bundled_base else OTHER_LICENCE.format(base=first_base)
    return (
        fronted
        + head
        + (DATA_GOEMOTIONS.format(licence=licence) if is_published else "")
        + (_results(evaluation) + _optimism(facts, evaluation) + _per_label(evaluation) if evaluation else "")
        + _tiers(facts)
        + USE
        + (LIMITS_GOEMOTIONS if is_published else _limits(evaluation))
    )


def _is_published(facts: Mapping[str, Any]) -> bool:
    """Whether the model was trained on GoEmotions itself, and not on a file that is called like it."""
    is_its_train = facts["training"]["data"].startswith("GoEmotions train, ")
    return is_its_train and set(facts["labels"]) == set(GOEMOTIONS)


def _limits(evaluation: Mapping[str, Any] | None) -> str:
    return LIMITS_OWN.format(intervals="; look at their intervals" if evaluation else "")


def _changed(adapted: Mapping[str, Any] | None) -> str:
    """What of the release's decisions an adaptation put out of force."""
    if adapted is None:
        return ""
    return SETS_CHANGED if adapted.get("grouping") and not adapted.get("labels_by") else CHANGED


def adapted_card(facts: Mapping[str, Any], evaluation: Mapping[str, Any] | None) -> str:
    """The card of a folder whose rule was fitted again. facts: goemox.json with its "adapted" block.

    evaluation: None where the labels are decided in another way than it measured.
    """
    adapted = facts["adapted"]
    if "training" in facts:
        head = model_card(facts, evaluation)
    else:  # not trained by goemox: nothing is known of its making
        calibrated = ", with calibrated probabilities" if facts["fitted_on"] else ""
        head = FRONT_UNKNOWN.format(
            name=facts["name"], n_labels=len(facts["labels"]), calibrated=calibrated
        )  # fmt: skip
        head += USE + _limits(None)
    return head + ADAPTED.format(
        verb=adapted["by"],
        n=adapted["n"],
        name=adapted["name"],
        sha256=adapted["rows_sha256"],
        version=facts["goemox_version"],
        change=_grouped(adapted) if adapted.get("grouping") else LABELS_CHANGED,
        promise=_promise(adapted.get("grouping"), facts),
    )


def _grouped(adapted: Mapping[str, Any]) -> str:
    """What fitting groups changed, and what it left as it was."""
    said = GROUPS_ADDED.format(option=quote(adapted["grouping"]))
    if adapted.get("labels_by"):
        said += FITTED_BEFORE.format(by=adapted["labels_by"])
    return said + (MOVED.format(name=adapted["name"]) if adapted.get("moved") else "")


def _promise(grouping: str | None, facts: Mapping[str, Any]) -> str:
    """What the prediction sets promise, of the labels or of the grouping that was fitted."""
    rule = facts["mappings"][grouping] if grouping else facts
    promise, option = rule["conformal"], f" (`--grouping {quote(grouping)}`)" if grouping else ""
    if not promise:
        return f"Prediction sets promise nothing{option}."
    return (
        f"Prediction sets{option} miss at most {100 * promise['alpha']:g} % of the true labels on "
        f"average, over {promise['population']}."
    )


def _tiers(facts: Mapping[str, Any]) -> str:
    """How the fast tier and the cascade compare, where the folder has them."""
    tiers = facts.get("tiers")
    if not tiers:
        return ""
    cascade, training = tiers["cascade"], tiers["fast"]["training"]
    n_texts = training["rows"] + training["unlabelled"]
    return TIERS.format(texts=n_texts, share=cascade["share_fast"], **cascade["cross_fitted_macro_f1"])


def _distilled(training: Mapping[str, Any]) -> str:
    plan = training.get("distillation")
    if not plan:
        return ""
    source = training.get("unlabelled")
    texts = (
        f", which also read {source['rows']:,} unlabelled texts ({source['name']}) for it" if source else ""
    )
    return DISTILLED.format(hard=plan["hard_share"], teachers=plan["n_teachers"], texts=texts)


def _command(training: Mapping[str, Any], is_published: bool) -> str:
    rows = "--data PATH/goemotions" if is_published else "--train-file FILE"
    if is_published and training["rows"] < GOEMOTIONS_ROWS:
        rows += f" --limit {training['rows']}"
    release = " --recipe release" if "distillation" in training else ""
    more = ""
    if "unlabelled" in training:
        more = f" --unlabelled {quote(training['unlabelled']['name'] + '.jsonl')}"
    recipe = training["recipe"]
    usual = {**USUAL, **(USUAL_OF_STUDENTS if release else {})}
    settings = [name for name, value in usual.items() if not is_published or recipe[name] != value]
    changed = "".join(f" --{name.replace('_', '-')} {recipe[name]}" for name in settings)
    given = training.get("base_given", "minilm" if training["base"] == BUNDLED_BASE else training["base"])
    base = "" if given == "minilm" else f" --base {quote(given)}"
    return f"goemox train {rows}{base}{release}{more}{changed} --seed {recipe['seed']} --output-dir DIR"


def _results(evaluation: Mapping[str, Any]) -> str:
    lines = [f"\n## Results on {evaluation['dataset']} {evaluation['split']} ({evaluation['n']:,} rows)\n"]
    lines += ["| metric | value | 95 % interval |", "|---|---|---|"]
    for name, metric in evaluation["metrics"].items():
        if metric and metric["value"] is not None:
            interval = "" if metric["low"] is None else f"{metric['low']:.4f} to {metric['high']:.4f}"
            lines.append(f"| {name} | {metric['value']:.4f} | {interval} |")
    lines += ["\n| beside it | macro-F1 | micro-F1 | top-1 |", "|---|---|---|---|"]
    lines += [
        f"| {row['name']} | {_number(row['macro_f1'])} | {_number(row['micro_f1'])} | "
        f"{_number(row['top1_accuracy'])} |"
        for row in evaluation["baselines"]
    ]
    lines.append(
        "\n`ece_mean` is the mean over labels of the calibration error in 15 bins of equal numbers; "
        "`ece_floor` is what a perfectly calibrated model would show on so many rows. "
        "`brier_base_rate` and `nll_base_rate` are what each label's share of these rows would score."
    )
    return "\n".join(lines) + "\n"


def _optimism(facts: Mapping[str, Any], evaluation: Mapping[str, Any]) -> str:
    """The three cuts on dev, where they were chosen, and on test."""
    here = {row["rule"]: row for row in evaluation["thresholds_compared"]}
    rows = [row for row in (facts.get("dev") or {}).get("thresholds_compared", ()) if row["rule"] in here]
    if not rows:
        return ""
    lines = ["\n## Thresholds\n", "| cut | macro-F1 dev | test | dev minus test |", "|---|---|---|---|"]
    lines += [
        f"| {row['rule']} | {row['macro_f1']:.4f} | {here[row['rule']]['macro_f1']:.4f} | "
        f"{row['macro_f1'] - here[row['rule']]['macro_f1']:+.4f} |"
        for row in rows
    ]
    return "\n".join(lines) + "\n"


def _per_label(evaluation: Mapping[str, Any]) -> str:
    lines = [
        "\n## Per label\n",
        "| label | support | F1 | 95 % interval | average precision | ECE | threshold |",
        "|---|---|---|---|---|---|---|",
    ]
    lines += [
        f"| {row['label']} | {row['support']} | {_number(row['f1'])} | "
        f"{_number(row['f1_low'])} to {_number(row['f1_high'])} | {_number(row['average_precision'])} | "
        f"{_number(row['ece'])} | {_number(row['threshold'])} |"
        for row in evaluation["per_label"]
    ]
    return "\n".join(lines) + "\n"


def _number(value: float | None) -> str:
    return "–" if value is None else f"{value:.3f}"

"""The figures of the in-domain section: rows in an order that can be read, this model first."""

from xml.etree.ElementTree import fromstring as read

from goemox.report.sections import calibration, confusions, in_domain


def names(figure):
    said = [node for node in read(figure.panels[0]).iter("text") if node.get("x") == "0"]
    return [node.text for node in said if "halo" in (node.get("class") or "")]


def figures(planted, **changes):
    report = planted.planted_report(in_domain={**planted.in_domain(), **changes})
    return {
        block.key: block
        for block in in_domain.section(planted.fields(report)).blocks
        if block.kind == "figure"
    }


def test_this_model_comes_first_and_the_baselines_by_value(planted):
    rows = [planted.baseline(name, *[f1] * 5) for name, f1 in (("low", 0.1), ("high", 0.4))]
    figure = figures(planted, baselines=rows)["fig-baselines"]
    assert names(figure) == ["this model", "high", "low"]


def test_the_chosen_cut_comes_first_and_every_rule_is_said_in_words(planted):
    rules = [{"rule": "0.5", "macro_f1": 0.3}, {"rule": "one global", "macro_f1": 0.5}]
    rules.append({"rule": "chosen", "macro_f1": 0.49})
    figure = figures(planted, thresholds_compared=rules)["fig-thresholds"]
    assert names(figure) == [
        "the cut chosen for each label", "one cut for all labels", "a cut of 0.5 for all labels",
    ]  # fmt: skip
    assert figure.table.rows[0][0].shown == "the cut chosen for each label"


def test_a_confusion_of_none_is_a_dot_and_its_axes_are_named_in_full(planted):
    found = planted.confusion()
    first = next(block for block in confusions.section(one(planted, found)).blocks if block.kind == "figure")
    said = [node.text for node in read(first.panels[0]).iter("text")]
    assert "predicted label →" in said
    assert "true label ↓" in said
    assert "0" not in said
    assert "·" in said


def one(planted, confusion):
    none = [
        [0.6 if i == j else 0.004 for j in range(len(confusion["labels"]))]
        for i in range(len(confusion["labels"]))
    ]
    inside = {**planted.in_domain(), "confusion": {**confusion, "multi_label": none}}
    return planted.fields(planted.planted_report(in_domain=inside))


def test_the_cards_and_the_table_of_labels_set_brier_beside_base_rates(planted):
    cards, *_, table = in_domain.section(planted.fields(planted.planted_report())).blocks
    meaning = next(card.meaning for card in cards.cards if card.title == "Brier score")
    assert meaning == "lower is better; 39% better than base rates alone (0.0379)"
    skill = [column.title for column in table.columns].index("Brier skill")
    assert table.rows[0][0].shown == "neutral"
    assert table.rows[0][skill].value == planted.per_label()[-1]["brier_skill"]


def test_the_note_of_the_curves_says_how_labels_are_tested_and_which_have_a_curve(planted):
    (figure,) = calibration.section(planted.fields(planted.planted_report())).blocks
    assert "20,000 simulated perfectly calibrated models" in figure.note
    assert "Labels that 100 texts and more carry have a curve: 9 of 28." in figure.note

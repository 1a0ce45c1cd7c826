"""A report of the reader's own texts begins with them, and with what not to rely on; then the model."""

import re

from goemox.report.page import render
from goemox.report.sentences.own_texts import own_texts, parted, study_title
from goemox.report.sentences.summary import headline
from goemox.studies.findings import findings


def read(planted, *domains, **more):
    return planted.fields(planted.planted_report(list(domains), **more))


def test_the_page_begins_with_the_readers_texts_and_not_with_the_model(planted):
    page = render(planted.planted_report([planted.domain("mine", n=291, outside=0.04)]))
    assert "<title>Study of mine</title>" in page
    body = page[page.index("<main") :]
    assert body.index("Your 291 texts (mine), as the model reads them: 73% neutral") < body.index("macro-F1")
    assert re.findall(r'<section id="([^"]+)"', page)[:3] == ["summary", "domains", "in-domain"]


def test_the_first_sentences_name_labels_strange_texts_and_labels_not_to_rely_on(planted):
    (shares, weak) = own_texts(read(planted, planted.domain("mine", n=300, outside=0.54)))
    assert shares.startswith("Your 300 texts (mine), as the model reads them: 73% neutral, ")
    assert shares.endswith("; 162 of them (54%) lie far from what it knows (at home 5%).")
    assert weak == (
        "Do not rely on disappointment and realization: even at home the model hardly recognises them."
    )


def rows(**support):
    """Labels by their true rows; of those that have some, every one is found as badly as can be."""
    return [{"label": label, "support": n, "f1": 0.0 if n else None} for label, n in support.items()]


def test_a_label_that_home_hardly_holds_is_not_measured_and_not_called_badly_read(planted):
    given = planted.domain("mine") | {"label_share": {"pride": 0.1, "love": 0.1, "fear": 0.1}}
    home = planted.in_domain() | {"per_label": rows(pride=16, love=0, fear=90)}
    (_, poor, unmeasured) = own_texts(read(planted, given, in_domain=home))
    assert poor == "Do not rely on fear: even at home the model hardly recognises it."
    assert unmeasured == (
        "How well it reads pride and love was not measured well enough to say: at home fewer than 30 texts "
        "are known to carry them each."
    )


def test_the_summary_warns_of_no_label_that_the_findings_do_not_warn_of(planted):
    """Both take the same limits: with support and F1 on either side of them they name the same labels."""
    sides = [(f1, support) for f1 in (0.299, 0.3) for support in (29, 30)]
    per_label = [
        {"label": name, "support": support, "f1": f1}
        for name, (f1, support) in zip(("pride", "love", "fear", "grief"), sides, strict=True)
    ]
    home = planted.in_domain() | {"per_label": per_label}
    given = planted.domain("mine") | {"label_share": {row["label"]: 0.1 for row in per_label}}
    (weak,) = (row["text"] for row in findings(home, []) if row["id"] == "weak-labels")
    (_, poor, _) = own_texts(read(planted, given, in_domain=home))
    assert re.search(r"Do not rely on (\w+)", weak)[1] == "love"
    assert poor.startswith("Do not rely on love:")


def test_how_they_differ_by_column_and_month_follows(planted):
    said = " ".join(parted(planted.fields(planted.planted_report())))
    assert "groups by repo" in said
    assert "changed beyond chance between" in said


def test_without_texts_of_the_readers_own_the_model_is_what_the_page_is_about(planted):
    report = read(planted, planted.samples())
    assert study_title(report) == "Study of goemox default (int8)"
    assert own_texts(report) == parted(report) == ()
    page = render(planted.planted_report([planted.samples()]))
    assert re.findall(r'<section id="([^"]+)"', page)[:2] == ["summary", "in-domain"]


def test_studies_by_two_models_of_one_name_are_told_apart_at_the_top(planted):
    model = {"name": "goemox small", "adapted": {"by": "adapt", "n": 30, "name": "hand.csv"}}
    page = render(planted.planted_report([planted.domain("mine")], model=model))
    assert "read by goemox small, fitted again on 30 rows of hand.csv" in page
    plain = render(planted.planted_report([planted.domain("mine")], model=model | {"adapted": None}))
    assert "fitted again" not in plain


def test_a_few_texts_are_not_summed_up(planted):
    assert own_texts(read(planted, planted.domain("tiny", n=12))) == ()


def test_a_lead_without_an_interval_is_told_with_both_figures_and_not_called_unclear(planted):
    def said(value, low):
        home = planted.in_domain()
        home["metrics"] = {"macro_f1": {"value": value, "low": low, "high": None}}
        home["baselines"] = [{"name": "prior", "macro_f1": 0.07}]
        return headline(read(planted, in_domain=home))[0]

    assert said(0.653, None).endswith(
        "macro-F1 of 0.653 (1 is perfect), more than the best simple baseline (0.070), but without an "
        "interval nobody can tell whether beyond chance."
    )
    assert "not clearly above" in said(0.05, None)
    assert "not clearly above" in said(0.653, 0.06)


def test_an_adapted_model_without_labelled_rows_quotes_what_adapt_measured(planted):
    figure = {"value": 0.448, "low": 0.368, "high": 0.528}
    adapted = {"by": "adapt", "n": 40, "n_random": 30, "name": "hand.csv", "quotable": {"micro_f1": figure}}
    report = read(planted, in_domain=None, model={"name": "m", "adapted": adapted})
    assert headline(report)[0] == (
        "When the model was adapted, its micro-F1 on 30 random rows of hand.csv was 0.448 (95% interval "
        "0.368 to 0.528), cross-validated; this study measured no other."
    )


def test_labels_behind_the_switch_are_named(planted):
    page = render(planted.planted_report())
    assert re.search(r"<summary>\d more panels: [a-z]+, ", page)


def test_two_sets_are_said_not_to_be_compared_with_each_other_and_how_to_do_it(planted):
    report = planted.fields(planted.planted_report([planted.domain("react"), planted.domain("vscode")]))
    (said,) = parted(report)
    assert "whether react and vscode differ from each other was not tested" in said
    assert "goemox study --group-by COLUMN" in said
    assert parted(planted.fields(planted.planted_report([planted.domain("react")]))) == ()


def test_a_readers_own_labelled_texts_are_not_called_home(planted):
    given = planted.domain("mine") | {"label_share": {"pride": 0.1, "joy": 0.1, "fear": 0.1}}
    home = planted.in_domain() | {
        "per_label": [*rows(pride=16, fear=90), {"label": "joy", "judged": 0, "support": 0}]
    }
    home |= {"measured": "now", "dataset": "isear.csv", "split": "all rows"}
    (shares, poor, unmeasured) = own_texts(read(planted, given, in_domain=home))
    assert shares.endswith("far from what it knows (of held-out texts 5%).")
    assert poor == "Do not rely on fear: even on isear.csv all rows the model hardly recognises it."
    assert unmeasured == (
        "How well it reads pride and joy was not measured well enough to say: on isear.csv all rows fewer "
        "than 30 texts are known to carry them each."
    )

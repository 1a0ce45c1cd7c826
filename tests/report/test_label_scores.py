"""F1 of every label: best first, the weak ones marked by more than their colour, the rare ones hollow."""

from xml.etree.ElementTree import fromstring as read

import pytest

from goemox.report.sections.label_scores import label_score_figure


def marks(root, tag, class_):
    return [node for node in root.iter(tag) if class_ in (node.get("class") or "").split()]


@pytest.fixture
def drawn(planted):
    def make(**changes):
        return label_score_figure(
            planted.fields(planted.planted_report(in_domain={**planted.in_domain(), **changes}))
        )

    return make


def test_labels_stand_by_falling_f1_beside_their_support(drawn, planted):
    figure = drawn()
    shown = [row[0].shown for row in figure.table.rows]
    assert shown == sorted(shown, key=lambda label: -planted.F1[label])
    assert (shown[0], shown[-1]) == ("gratitude", "grief")
    assert figure.table.rows[0][-1].shown == "353"


def test_weak_labels_are_bold_and_rare_ones_hollow(drawn, planted):
    root = read(drawn().panels[0])
    bold = {node.text for node in marks(root, "text", "strong")} & set(planted.F1)
    assert bold == {label for label, f1 in planted.F1.items() if f1 < 0.3}
    rows = {node.get("data-label"): node for node in root.iter("g")}
    hollow = {label for label, row in rows.items() if marks(row, "circle", "hollow")}
    assert hollow == {"grief", "nervousness", "pride", "relief"}


def test_an_f1_without_interval_or_support_is_a_dot_alone(drawn):
    root = read(drawn(per_label=[{"label": "joy", "f1": 0.4}]).panels[0])
    assert len(marks(root, "circle", "dot")) == 4  # three of the key
    assert not marks(root, "line", "whisker")


def test_without_scores_there_is_no_figure(drawn):
    assert drawn(per_label=[{"label": "joy", "f1": None}]) is None
    assert drawn(per_label=None) is None


def test_a_long_label_leaves_the_axis_its_room_and_is_whole_where_one_looks(drawn):
    label = "customer_is_grateful_for_the_quick_answer_of"
    rows = [{"label": label, "f1": 0.9, "support": 50}, {"label": "joy", "f1": 0.2, "support": 50}]
    root = read(drawn(per_label=rows).panels[0])
    high, low = (float(row.find("circle").get("cx")) for row in root.iter("g") if row.get("data-label"))
    assert high > low + 60
    assert any(node.text.startswith(f"{label}: F1 0.90") for node in root.iter("title"))
    drawn_names = [node for node in root.iter("text") if (node.text or "").startswith("customer")]
    assert [node.text for node in drawn_names] == ["customer_is_grateful_…"]

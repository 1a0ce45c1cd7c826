"""The heatmaps of likeness: shades that do not shout, numbers that are still the numbers."""

import re

from goemox.report.order import domain_name
from goemox.report.sections.alike import alike


def test_high_correlations_are_no_dark_squares_and_keep_their_numbers(planted):
    names = ["GoEmotions test", "a", "b"]
    high = [[1.0, 0.95, 0.96], [0.95, 1.0, 1.0], [0.96, 1.0, 1.0]]
    found = {"names": names, "pearson": high, "jensen_shannon": high}
    found["pearson_interval"] = [[[value - 0.01, 1.0] for value in row] for row in high]
    domains = [planted.domain(each) for each in names[1:]]
    pearson, distance = alike(planted.fields(planted.planted_report(domains, correlation=found)))
    shades = {int(step) for step in re.findall(r'class="blue-(\d+)"', pearson.panels[0])}
    assert shades == {5}
    assert re.findall(r'number on-blue-5"[^>]*>([^<]+)', pearson.panels[0])[:2] == ["0.95", "0.96"]
    assert 'class="orange-10"' in distance.panels[0]


def test_an_interval_of_four_letters_an_end_keeps_clear_of_the_edges_of_its_cell(planted):
    names = ["GoEmotions test", "a", "b"]
    ones = [[1.0] * 3] * 3
    found = {"names": names, "pearson": ones, "pearson_interval": [[[1.0, 1.0]] * 3] * 3}
    domains = [planted.domain(each) for each in names[1:]]
    (figure,) = alike(planted.fields(planted.planted_report(domains, correlation=found)))
    assert "1.00 to 1.00" in figure.panels[0]
    cell = float(re.search(r'width="([\d.]+)" height="[\d.]+" class="blue', figure.panels[0])[1])
    letter = 5.6  # of a size of 10, tabular figures
    assert len("1.00 to 1.00") * letter + 6 <= cell


def test_a_row_of_two_sets_is_known_by_the_names_that_the_selector_offers(planted):
    long = "comments of " + "x" * 40
    found = {"names": ["GoEmotions test", long], "pearson": [[1.0, 0.9], [0.9, 1.0]]}
    report = planted.planted_report([planted.domain(long)], correlation=found)
    (figure,) = alike(planted.fields(report))
    home, away = figure.table.rows[0][:2]
    assert home.known_as == "in domain"
    assert away.known_as == domain_name(planted.fields({"name": long})) != away.shown

"""Colours: readable by everybody, in light, dark and grey (WCAG 2.2 AA)."""

import itertools

import pytest

from goemox.report.palette import DARK, LIGHT, STEPS, contrast, resolved, step_rules, theme_rules

THEMES = {"light": LIGHT, "dark": DARK}


def colours_of(theme: str) -> dict[str, str]:
    pairs = (each.split(":") for each in theme_rules(theme).split(";") if each.startswith("--"))
    return {key.removeprefix("--"): value for key, value in pairs}


def lightness(colour: str) -> float:
    return contrast(colour, "#000000")


def test_contrast_is_the_one_of_the_standard():
    assert contrast("#ffffff", "#000000") == pytest.approx(21)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.005)


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("words", ["text", "muted", "accent", "good", "watch", "bad", "info"])
def test_words_reach_aa_on_both_backgrounds(theme, words):
    colours = THEMES[theme]
    assert contrast(colours[words], colours["page"]) >= 4.5
    assert contrast(colours[words], colours["surface"]) >= 4.5


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("mark", ["neutral", "leading", "others", "calibrated", "softmax", "edge"])
def test_marks_stand_out_from_the_page(theme, mark):
    assert contrast(THEMES[theme][mark], THEMES[theme]["page"]) >= 3


@pytest.mark.parametrize("theme", THEMES)
def test_the_three_groups_stay_apart_in_grey(theme):
    groups = sorted((THEMES[theme][group] for group in ("neutral", "leading", "others")), key=lightness)
    assert min(contrast(one, other) for one, other in itertools.pairwise(groups)) >= 1.45


@pytest.mark.parametrize("theme", THEMES)
def test_numbers_on_every_shade_and_bar_reach_aa(theme):
    colours = colours_of(theme)
    on = [name for name in colours if name.startswith("on-")]
    assert len(on) == 2 * STEPS + 3
    assert min(contrast(colours[name], colours[name.removeprefix("on-")]) for name in on) >= 4.5


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("scale", ["blue", "orange"])
def test_a_larger_share_is_always_farther_from_the_page_in_lightness(theme, scale):
    colours = colours_of(theme)
    shades = [lightness(colours[f"{scale}-{step}"]) for step in range(STEPS)]
    steps = [b - a for a, b in itertools.pairwise(shades)]
    assert all(step < 0 for step in steps) if theme == "light" else all(step > 0 for step in steps)


# Linear-light projections for missing long- and medium-wave cones (Viénot, Brettel & Mollon 1999).
BLIND = {
    "protan": ((0.11238, 0.88762, 0.0), (0.11238, 0.88762, 0.0), (0.00401, -0.00401, 1.0)),
    "deutan": ((0.29275, 0.70725, 0.0), (0.29275, 0.70725, 0.0), (-0.02234, 0.02234, 1.0)),
}


def seen(colour: str, matrix: tuple[tuple[float, ...], ...]) -> list[float]:
    linear = [((int(colour[i : i + 2], 16) / 255) + 0.055) / 1.055 for i in (1, 3, 5)]
    linear = [max(c, 0) ** 2.4 for c in linear]
    return [sum(m * c for m, c in zip(row, linear, strict=True)) for row in matrix]


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("kind", BLIND)
def test_the_three_groups_stay_apart_without_red_or_green_cones(theme, kind):
    views = [seen(THEMES[theme][group], BLIND[kind]) for group in ("neutral", "leading", "others")]
    gaps = [sum(abs(a - b) for a, b in zip(x, y, strict=True)) for x, y in itertools.combinations(views, 2)]
    assert min(gaps) > 0.15


def test_a_picture_on_its_own_needs_no_custom_property():
    style = resolved("text{fill:var(--text)}" + step_rules())
    assert "var(" not in style
    assert LIGHT["text"] in style

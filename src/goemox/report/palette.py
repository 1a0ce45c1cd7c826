"""Every colour of the report, for light and dark, and the style sheet text that names them.

The three groups take grey, vermillion and blue after Okabe & Ito's set (https://jfly.uni-koeln.de/color/),
which stay apart for the common kinds of colour blindness; they also differ in lightness, for a grey print.
Shares are coded by lightness alone: one hue from the page's own shade outward, so that every reader sees the
same order.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

__all__ = ["DARK", "LIGHT", "STEPS", "contrast", "resolved", "step_rules", "theme_rules"]

STEPS = 11  # shades of a heatmap

LIGHT: Mapping[str, str] = {
    "page": "#ffffff",
    "surface": "#f5f6f8",
    "text": "#1a1d21",
    "muted": "#565e67",
    "line": "#d8dce1",
    "edge": "#7f8790",
    "accent": "#0a58a6",
    "neutral": "#8a9199",
    "leading": "#b84a00",
    "others": "#00508a",
    "calibrated": "#4a90c4",
    "softmax": "#b34700",
    "good": "#1a7345",
    "watch": "#855400",
    "bad": "#b3261e",
    "info": "#0a58a6",
}
DARK: Mapping[str, str] = {
    "page": "#15181c",
    "surface": "#1e2227",
    "text": "#e8eaed",
    "muted": "#a9b1ba",
    "line": "#353b42",
    "edge": "#7d8791",
    "accent": "#7ab8f5",
    "neutral": "#737c86",
    "leading": "#e87a2e",
    "others": "#8cc4f0",
    "calibrated": "#3f7fb3",
    "softmax": "#ffb27a",
    "good": "#5fca94",
    "watch": "#e5b454",
    "bad": "#f28b82",
    "info": "#7ab8f5",
}
SCALES: Mapping[str, Mapping[str, tuple[str, ...]]] = {
    "blue": {
        "light": ("#f0f4f8", "#a6cbe6", "#3f87bd", "#08306b"),
        "dark": ("#20262d", "#1d4f7c", "#4596d3", "#d3eaff"),
    },
    "orange": {
        "light": ("#f8f2ec", "#f2bf8b", "#c4641f", "#5c2400"),
        "dark": ("#29241f", "#70390f", "#d9813a", "#ffe3c7"),
    },
}
INKS = ("#000000", "#ffffff")  # one of them reaches AA on any colour


def contrast(one: str, other: str) -> float:
    """Contrast ratio of two colours like #rrggbb, 1 to 21 (WCAG 2.2, relative luminance)."""
    bright, dim = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (bright + 0.05) / (dim + 0.05)


def _luminance(colour: str) -> float:
    channels = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _shades(stops: Sequence[str]) -> list[str]:
    """STEPS colours along the stops, interpolated channel by channel."""
    shades = []
    for step in range(STEPS):
        place = step / (STEPS - 1) * (len(stops) - 1)
        left = min(int(place), len(stops) - 2)
        part = place - left
        channels = [
            round(int(stops[left][i : i + 2], 16) * (1 - part) + int(stops[left + 1][i : i + 2], 16) * part)
            for i in (1, 3, 5)
        ]
        shades.append("#" + "".join(f"{c:02x}" for c in channels))
    return shades


def _colours(theme: str) -> dict[str, str]:
    """All named colours of a theme; `blue-7` is a shade, `on-blue-7` the ink that reads best on it."""
    colours = dict(LIGHT if theme == "light" else DARK)
    fills = {part: colours[part] for part in ("neutral", "leading", "others")}
    for scale, stops in SCALES.items():
        fills |= {f"{scale}-{step}": shade for step, shade in enumerate(_shades(stops[theme]))}
    return colours | fills | {f"on-{name}": _ink(fill) for name, fill in fills.items()}


def _ink(fill: str) -> str:
    """Near-black or white, whichever reads better on `fill`."""
    return max(INKS, key=lambda ink: contrast(ink, fill))


def theme_rules(theme: str) -> str:
    """The colours of "light" or "dark" as custom properties, without a selector."""
    properties = "".join(f"--{name}:{value};" for name, value in _colours(theme).items())
    return f"color-scheme:{theme};{properties}"


def step_rules() -> str:
    """One class per shade: `.blue-7` fills with it, `.on-blue-7` writes on it."""
    rules = []
    for scale in SCALES:
        for step in range(STEPS):
            rules.append(f".{scale}-{step}{{fill:var(--{scale}-{step})}}")
            rules.append(f".chart .on-{scale}-{step}{{fill:var(--on-{scale}-{step})}}")
    return "".join(rules)


def resolved(style: str) -> str:
    """A style sheet with every custom property replaced by its light value: for pictures on their own."""
    colours = _colours("light")
    return re.sub(r"var\(--([a-z0-9-]+)\)", lambda found: colours[found[1]], style)

"""axe-core on a page: all its rules, and contrast for one text of each kind."""

from __future__ import annotations

import pytest

__all__ = ["serious"]

SERIOUS = ("serious", "critical")

# Marks the first of all texts that are drawn alike: the same tags, classes, colours and letters from the root
# down, and beside it in its picture the same marks. The contrast of one is the contrast of all of them.
MARK_KINDS = """() => {
    const known = new Map();
    const look = (one) => {
        if (!one) return "";
        if (!known.has(one)) {
            const style = getComputedStyle(one);
            const drawn = ["color", "fill", "backgroundColor", "backgroundImage", "opacity", "fontSize",
                "fontWeight", "textShadow", "mixBlendMode", "filter"].map((key) => style[key]);
            const kind = [look(one.parentElement), one.localName, one.getAttribute("class"), ...drawn];
            known.set(one, kind.join());
        }
        return known.get(one);
    };
    const beside = (one) => one.closest("svg") ? [...one.parentElement.children].map(look).join() : "";
    const kinds = new Set();
    document.querySelectorAll("[data-kind]").forEach((one) => one.removeAttribute("data-kind"));
    for (const one of document.querySelectorAll("body *")) {
        const field = one.matches("input, textarea, select"); // what is typed there is no text of the page's
        if (!field && ![...one.childNodes].some((node) => node.nodeType === 3 && node.data.trim())) continue;
        const kind = `${look(one)}|${beside(one)}`;
        if ((!field && kinds.has(kind)) || !one.checkVisibility()) continue;
        kinds.add(kind);
        one.toggleAttribute("data-kind", true);
    }
}"""
RUN = """() => {
    axe.configure({rules: [{id: "color-contrast", selector: "[data-kind]"}]});
    return axe.run({resultTypes: ["violations"]});
}"""


def serious(page) -> list[str]:
    """Rules that axe-core sees broken, with where: serious and critical ones.

    Contrast would be nine tenths of its work, so it looks at one text of each kind for that.
    """
    axe = pytest.importorskip(
        "axe_playwright_python.sync_playwright", reason="axe is not installed: pip install 'goemox[dev]'"
    )
    page.evaluate(MARK_KINDS)
    if page.evaluate("typeof axe") == "undefined":  # it stays with a page, however that changes
        page.evaluate(axe.Axe().axe_script)
    found = page.evaluate(RUN)
    assert "color-contrast" in [rule["id"] for rule in found["passes"]]
    return [
        f"{each['id']}: {node['target']} {node['failureSummary']}"
        for each in found["violations"]
        if each["impact"] in SERIOUS
        for node in each["nodes"][:5]
    ]

// The labels of one text: bars with a tick at each threshold, and one of them chosen for its words.
import { make } from "./dom.js";
import { percent } from "./words.js";

const INKS = 4;
export const inkOf = (place) => (place < 0 ? "ink-rest" : `ink-${place % INKS}`);

// labels from the most probable down
export const falling = (scores) => Object.keys(scores).sort((a, b) => scores[b] - scores[a]);

// a bar with its tick, 0 to 1; told in words elsewhere, so it is not read out
export const bar = (p, threshold) => {
  const fill = make("span", { className: "fill" });
  fill.style.width = `${100 * p}%`;
  const parts = [fill];
  if (threshold !== undefined) {
    const tick = make("span", { className: "tick" });
    tick.style.left = `${100 * threshold}%`;
    parts.push(tick);
  }
  return make("span", { className: "track", "aria-hidden": "true" }, ...parts);
};

// place: a radiogroup; select(label) is told by whom somebody wants to see the words
export const labelRows = (place, select) => {
  const rows = new Map();
  let chosen;

  const row = (label) => {
    const node = make("button", { type: "button", className: "label-row", role: "radio", "data-label": label },
      make("span", { className: "name", textContent: label }), bar(0, 0), make("span", { className: "value" }));
    node.addEventListener("click", () => choose(label, true));
    rows.set(label, node);
    return node;
  };

  const choose = (label, isTold) => {
    chosen = label;
    for (const [name, node] of rows) {
      node.setAttribute("aria-checked", name === label);
      node.tabIndex = name === label ? 0 : -1;
    }
    if (isTold) select(label);
  };

  place.addEventListener("keydown", (event) => {
    const step = { ArrowDown: 1, ArrowRight: 1, ArrowUp: -1, ArrowLeft: -1 }[event.key];
    if (!step) return;
    event.preventDefault();
    const shown = [...place.children];
    const next = shown[(shown.indexOf(document.activeElement) + step + shown.length) % shown.length];
    next.focus();
    choose(next.dataset.label, true);
  });

  return {
    get chosen() { return chosen; },
    // result: of one text; isWhole: all labels, not only those given
    draw(result, thresholds, isWhole) {
      const focused = place.contains(document.activeElement) ? document.activeElement : null;
      const shown = isWhole ? [...result.labels, ...falling(result.scores).filter((name) => !result.labels.includes(name))] : result.labels;
      place.replaceChildren(...shown.map((label) => {
        const node = rows.get(label) ?? row(label);
        const p = result.scores[label];
        const cut = thresholds[label];
        const given = result.labels.indexOf(label);
        node.className = `label-row ${inkOf(given)}${given < 0 ? " below" : ""}`;
        const [fill, tick] = node.querySelector(".track").children;
        fill.style.width = `${100 * p}%`;
        tick.style.left = `${100 * (cut ?? 0)}%`;
        tick.hidden = cut === undefined;
        node.querySelector(".value").textContent = percent(p);
        const words = cut === undefined ? "" : `, ${p >= cut ? "above" : "below"} its threshold of ${percent(cut)}`;
        node.setAttribute("aria-label", `${label}: ${percent(p)}${words}`);
        node.title = cut === undefined ? "" : `given from ${percent(cut)}`;
        return node;
      }));
      choose(shown.includes(chosen) ? chosen : shown[0], false);
      if (focused) (focused.isConnected ? focused : place.firstElementChild)?.focus();
    },
  };
};

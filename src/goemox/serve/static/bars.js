// The labels of one text: bars with a tick at each threshold, and a check for those whose words are coloured.
import { make } from "./dom.js";
import { KINDS } from "./kinds.js";
import { percent } from "./words.js";

const INKS = 4;
const CLOSE = 0.05; // labels that are not given but this probable are shown too,
const FEW = 5; // as far as there is room

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

export const hasKinds = (names) => names.every((name) => Object.values(KINDS).flat().includes(name));

// place: the group of rows; told(): somebody chose, or looks at, other labels
export const labelRows = (place, told) => {
  const rows = new Map();
  let chosen = []; // labels whose words are coloured; the place of each is its ink
  let given = "";
  let looked; // the label that a mouse or the focus rests on

  const box = (label) => rows.get(label).querySelector("input");
  const paint = () => {
    for (const [label, node] of rows) {
      const ink = chosen.indexOf(label);
      node.classList.remove(...Array.from({ length: INKS }, (_, i) => `ink-${i}`), "ink-rest");
      node.classList.add(ink < 0 ? "ink-rest" : `ink-${ink}`);
      box(label).checked = ink >= 0;
    }
  };

  const choose = (label, isOn) => {
    if (isOn) {
      const free = chosen.indexOf(undefined);
      if (free >= 0) chosen[free] = label;
      else if (chosen.length < INKS) chosen.push(label);
      else chosen[0] = label; // the fifth takes the place of the first
    } else chosen[chosen.indexOf(label)] = undefined;
    paint();
    told();
  };

  const look = (label) => { if (looked !== label) { looked = label; told(); } };

  const row = (label) => {
    const check = make("input", { type: "checkbox", "data-label": label });
    const node = make("label", { className: "label-row" }, check,
      make("span", { className: "name", textContent: label }), bar(0, 0), make("span", { className: "value" }));
    check.addEventListener("change", () => choose(label, check.checked));
    node.addEventListener("pointerenter", (event) => { if (event.pointerType === "mouse") look(label); });
    node.addEventListener("pointerleave", () => look(undefined));
    check.addEventListener("focus", () => { if (check.matches(":focus-visible")) look(label); });
    check.addEventListener("blur", () => look(undefined));
    rows.set(label, node);
    return node;
  };

  place.addEventListener("keydown", (event) => {
    const boxes = [...place.querySelectorAll("input")];
    const at = boxes.indexOf(document.activeElement);
    const to = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: boxes.length - 1 }[event.key];
    if (to === undefined) return;
    event.preventDefault();
    boxes[(to + boxes.length) % boxes.length].focus();
  });

  const fill = (label, result, cut) => {
    const node = rows.get(label) ?? row(label);
    const p = result.scores[label];
    node.classList.toggle("below", !result.labels.includes(label));
    const [filled, tick] = node.querySelector(".track").children;
    filled.style.width = `${100 * p}%`;
    tick.style.left = `${100 * (cut ?? 0)}%`;
    tick.hidden = cut === undefined;
    node.querySelector(".value").textContent = percent(p);
    const words = cut === undefined ? "" : `, ${p >= cut ? "above" : "below"} its threshold of ${percent(cut)}`;
    box(label).setAttribute("aria-label", `${label}: ${percent(p)}${words}`);
    node.title = cut === undefined ? "" : `given from ${percent(cut)}`;
    return node;
  };

  return {
    get isLookedAt() { return Boolean(looked) && Boolean(rows.get(looked)?.isConnected); },
    // [label, its ink] of those to colour now: the one that is looked at, or all that are chosen
    get inked() {
      const shown = chosen.flatMap((label, ink) => (label ? [[label, `ink-${ink}`]] : []));
      if (!this.isLookedAt) return shown;
      const free = Array.from({ length: INKS }, (_, i) => `ink-${i}`).find((ink) => !shown.some((each) => each[1] === ink));
      return [shown.find(([label]) => label === looked) ?? [looked, free ?? "ink-rest"]];
    },
    // result: of one text; isWhole: all labels, not only those given and some close to it; isByKind: those of a kind together
    draw(result, thresholds, { isWhole, isByKind }) {
      const focused = place.contains(document.activeElement) ? document.activeElement : null;
      const others = falling(result.scores).filter((name) => !result.labels.includes(name));
      const close = others.filter((name) => result.scores[name] >= CLOSE).slice(0, Math.max(0, FEW - result.labels.length));
      const shown = [...result.labels, ...(isWhole ? others : close)];
      if (result.labels.join() !== given) chosen = result.labels.slice(0, INKS);
      given = result.labels.join();
      chosen = chosen.map((label) => (shown.includes(label) ? label : undefined));
      const nodes = new Map(shown.map((label) => [label, fill(label, result, thresholds[label])]));
      const kinds = isWhole && isByKind ? Object.entries(KINDS) : [];
      place.replaceChildren(...(kinds.length
        ? kinds.flatMap(([kind, labels]) => [make("h4", { textContent: kind }), ...shown.filter((name) => labels.includes(name)).map((name) => nodes.get(name))])
        : nodes.values()));
      paint();
      if (focused) (focused.isConnected ? focused : place.querySelector("input"))?.focus();
    },
  };
};

// Two texts side by side: what each is given, and where they differ most.
import { latest, predict } from "./api.js";
import { bar, falling } from "./bars.js";
import { get, make, say, settled, show, withKeys } from "./dom.js";
import { drawGauge } from "./gauge.js";
import { calm, trouble } from "./problem.js";
import { unfit } from "./text.js";
import { believable, listed, percent, points } from "./words.js";

const READ_MS = 160;
const EXAMPLES = [
  ["one word", "I am happy that it broke.", "I am sad that it broke."],
  ["thanks, or not", "Thanks for the help, it works now!", "Thanks for nothing, it broke again."],
  ["asked kindly", "Could you please tell me why it fails?", "Why does this stupid thing fail again?"],
];
const MOST_ROWS = 8; // unless the two are given more labels

// one label: the bars of A and B, and B less A in points
const row = (label, [a, b], thresholds) => {
  const [from, to] = [a, b].map((each) => points(each.scores[label]));
  const difference = Number((to - from).toFixed(1)); // of the values as they stand beside it
  const sign = difference > 0 ? "+" : difference < 0 ? "−" : "±";
  const side = (result, name) => make("span", { className: `of-${name}` },
    make("span", { className: "who", textContent: name.toUpperCase(), "aria-hidden": "true" }),
    bar(result.scores[label], thresholds[label]),
    make("span", { className: `value${result.labels.includes(label) ? " is-given" : ""}` },
      make("span", { className: "unseen", textContent: `${name.toUpperCase()}: ` }), percent(result.scores[label])));
  return make("li", { className: "pair" },
    make("span", { className: "name", textContent: label }), make("span", { className: "sides" }, side(a, "a"), side(b, "b")),
    make("span", { className: "difference", textContent: `${sign}${Math.abs(difference)}` },
      make("span", { className: "unseen", textContent: " points from A to B" })));
};

const verdict = (model, [a, b]) => {
  const only = (one, other) => one.labels.filter((name) => !other.labels.includes(name));
  const both = a.labels.filter((name) => b.labels.includes(name));
  const parts = [];
  if (both.length) parts.push(`both are given ${listed(both)}`);
  if (only(a, b).length) parts.push(`only A is given ${listed(only(a, b))}`);
  if (only(b, a).length) parts.push(`only B is given ${listed(only(b, a))}`);
  const said = parts.length ? `${parts[0][0].toUpperCase()}${parts.join("; ").slice(1)}.` : "Neither is given a label.";
  const doubtful = [["A", a], ["B", b]].filter(([, each]) => !believable(model, each)).map(([name]) => name);
  return doubtful.length ? `${said} Treat the numbers of ${listed(doubtful)} as a ranking.` : said;
};

export const comparePanel = (model, names, thresholds, changed) => {
  const fields = [get("text-a"), get("text-b")];
  const reading = latest();
  let cleared; // the pair that "Undo clear" brings back

  const draw = (results) => {
    const [a, b] = results;
    const given = new Set(results.flatMap((each) => each.labels));
    const most = Object.fromEntries(names.map((name) => [name, Math.max(...results.map((each) => each.scores[name]))]));
    const apart = Object.fromEntries(names.map((name) => [name, Math.abs(a.scores[name] - b.scores[name])]));
    const others = falling(apart).filter((name) => !given.has(name));
    const more = get("all-pairs").checked ? names.length : Math.max(0, MOST_ROWS - given.size);
    const shown = [...falling(most).filter((name) => given.has(name)), ...others.slice(0, more)];
    get("pairs").replaceChildren(...shown.map((label) => row(label, results, thresholds)));
    get("verdict").textContent = verdict(model, results);
    for (const [i, name] of ["a", "b"].entries()) {
      get(`labels-${name}`).textContent = listed(results[i].labels) || "no label";
      drawGauge(get(`gauge-${name}`), model, results[i]);
    }
    show(get("comparison"), true);
    get("comparison").classList.remove("stale");
    say(get("verdict").textContent);
  };

  const waiting = (isOn) => fields.forEach((field) => field.closest(".composer").classList.toggle("waiting", isOn));

  let last;
  const read = async () => {
    const texts = fields.map((field) => field.value);
    if (!texts.every((text) => text.trim() && !unfit(text))) return;
    try {
      const found = await reading.ask((signal) => predict(texts, signal));
      if (!found) return;
      calm();
      last = found.results;
      waiting(false);
      draw(last);
    } catch (refusal) {
      waiting(false);
      trouble(refusal, read);
    }
  };
  const readSoon = settled(read, READ_MS);

  const typed = () => {
    changed();
    reading.stop();
    const wrong = fields.map((field) => unfit(field.value)).find(Boolean) ?? "";
    const isWhole = fields.every((field) => field.value.trim());
    get("compare-note").textContent = wrong || (fields.some((field) => field.value.trim()) && !isWhole ? "The other side is empty." : "");
    get("compare-note").classList.toggle("wrong", Boolean(wrong));
    for (const field of fields) field.setAttribute("aria-invalid", unfit(field.value) ? "true" : "false");
    const isAny = fields.some((field) => field.value);
    if (isAny) cleared = undefined;
    show(get("compare-tools"), isAny);
    show(get("undo-pair"), Boolean(cleared));
    waiting(isWhole && !wrong);
    if (wrong || !isWhole) { show(get("comparison"), false); calm(); readSoon.cancel(); return; }
    get("comparison").classList.add("stale");
    readSoon();
  };
  const set = (...texts) => {
    fields.forEach((field, i) => { field.value = texts[i]; });
    typed();
  };
  const undo = () => {
    if (!cleared) return false;
    set(...cleared);
    fields[0].focus();
    return true;
  };
  for (const field of fields) {
    field.addEventListener("input", typed);
    withKeys(field, () => { readSoon.cancel(); read(); }, undo);
  }
  get("all-pairs").addEventListener("change", () => { if (last) draw(last); });
  get("swap").addEventListener("click", () => set(fields[1].value, fields[0].value));
  get("clear-pair").addEventListener("click", () => {
    cleared = fields.map((field) => field.value);
    set("", "");
    fields[0].focus();
  });
  get("undo-pair").addEventListener("click", undo);
  get("pairs-examples").append(...EXAMPLES.map(([name, a, b]) => {
    const button = make("button", { type: "button", className: "chip", textContent: name });
    button.addEventListener("click", () => set(a, b));
    return button;
  }));
  get("all-pairs-words").textContent = `Show all ${names.length} labels`;
  return {
    get texts() { return fields.every((field) => field.value.trim()) ? fields.map((field) => field.value) : []; },
    get linked() { return fields.map((field) => field.value); }, // also while one side is empty
    set,
    refresh: typed,
    resume() { if (!get("compare-tools").hidden && get("comparison").classList.contains("stale")) typed(); },
  };
};

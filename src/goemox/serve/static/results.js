// What came out for a file as a whole: figures in tiles, and how common each label is.
import { make } from "./dom.js";
import { home, isForeign, number, percent, plural, wilson } from "./words.js";

const FIRST = 10; // labels of the chart, until somebody asks for all
const SURE_FROM = 0.5;
const FEW = 20; // texts outside

export const surest = (result) => Math.max(...Object.values(result.scores));

// kinds of rows that are counted, and that the table can be narrowed to
export const KINDS_OF_ROWS = {
  uncertain: (result) => surest(result) < SURE_FROM,
  outside: (result) => result.in_domain === false,
  odd: (result) => result.hints.length > 0 || isForeign(result),
  truncated: (result) => result.truncated,
};

export const countOf = (results) => {
  const counts = Object.create(null);
  const total = { n: 0, placed: 0, uncertain: 0, outside: 0, odd: 0, truncated: 0, counts };
  for (const result of results) {
    if (!result) continue;
    total.n += 1;
    for (const label of result.labels) counts[label] = (counts[label] ?? 0) + 1;
    if (result.in_domain !== null) total.placed += 1;
    for (const [kind, isOne] of Object.entries(KINDS_OF_ROWS)) if (isOne(result)) total[kind] += 1;
  }
  return total;
};

const between = ([low, high]) => `${percent(low).replace("\u00a0%", "")} to ${percent(high)}`;
const usual = (model) => 1 - (model.domain_accepted ?? 95) / 100;

// probability of `hits` or more of n, each with probability p; for few hits
const atLeast = (hits, n, p) => {
  let [below, exactly] = [0, (1 - p) ** n];
  for (let i = 0; i < hits; i += 1) {
    below += exactly;
    exactly *= ((n - i) / (i + 1)) * (p / (1 - p));
  }
  return 1 - below;
};

// more lie outside than chance explains, at 2.5 %; Wilson's interval is too sure of few. The cut is of a sample,
// too, which after an adaptation may be a hundred texts: the interval of the difference is Newcombe's.
export const isFar = (model, { outside, placed }) => {
  const [expected, texts] = [usual(model), model.domain_texts];
  const above = texts ? wilson(expected * texts, texts)[1] - expected : 0;
  if (outside < FEW) return outside > 0 && atLeast(outside, placed, expected + above) < 0.025;
  const share = outside / placed;
  return share - expected > Math.hypot(share - wilson(outside, placed)[0], above);
};

const tile = (figure, words, note, isCareful) => make("li", { className: isCareful ? "careful" : "" },
  make("strong", { textContent: figure }), make("span", { textContent: words }), make("span", { className: "note", textContent: note }));

// figures about all rows that were read
export const tiles = (model, total) => {
  const of = (hits) => `${number(hits)} of ${number(total.n)}`;
  const [most] = Object.entries(total.counts).sort((a, b) => b[1] - a[1]);
  const made = [];
  if (most) made.push(tile(percent(most[1] / total.n), `are given ${most[0]}, the most common label`, `${of(most[1])}; 95\u00a0% interval ${between(wilson(most[1], total.n))}`));
  made.push(tile(percent(total.uncertain / total.n), "are uncertain: no label reaches 50\u00a0%", of(total.uncertain)));
  if (total.placed) {
    made.push(tile(percent(total.outside / total.placed), `are unlike the ${home(model)} it learned from`,
      `${number(total.outside)} of ${number(total.placed)}; among those themselves ${percent(usual(model))}`, isFar(model, total)));
  }
  if (total.odd) made.push(tile(number(total.odd), `${total.odd === 1 ? "is" : "are"} of a kind it does not expect`, "code, addresses, another language, no letters", true));
  if (total.truncated) made.push(tile(number(total.truncated), `${total.truncated === 1 ? "is" : "are"} longer than it reads`, `all after ${number(model.max_length)} tokens was left out`, true));
  return made;
};

// one label's share of the texts with its interval, on a scale up to `most`
const shareRow = (label, hits, n, most, isOnly, pick) => {
  const share = hits / n;
  const [low, high] = wilson(hits, n);
  const fill = make("span", { className: "fill" });
  fill.style.width = `${100 * share / most}%`;
  const range = make("span", { className: "whisker" });
  range.style.left = `${100 * low / most}%`;
  range.style.width = `${100 * (high - low) / most}%`;
  const button = make("button", { type: "button", textContent: label, "aria-pressed": String(isOnly), title: `${plural(hits, "text")}: show ${isOnly ? "all" : "these"} rows` });
  button.addEventListener("click", () => pick(label));
  return make("li", { className: "share ink-0", "data-only": isOnly }, button,
    make("span", { className: "track", "aria-hidden": "true" }, fill, range),
    make("span", { className: "value", textContent: percent(share) }),
    make("span", { className: "range", textContent: between([low, high]) }));
};

// only: the label that the table shows alone, "" = all; pick(label): somebody chose one
export const drawShares = (place, names, total, isWhole, only, pick) => {
  const falling = names.map((name) => [name, total.counts[name] ?? 0]).sort((a, b) => b[1] - a[1]);
  const shown = isWhole ? falling : falling.filter(([, hits]) => hits).slice(0, FIRST);
  const most = Math.max(0.01, ...shown.map(([, hits]) => wilson(hits, total.n)[1]));
  const focused = place.contains(document.activeElement) ? document.activeElement.textContent : null;
  place.replaceChildren(...shown.map(([name, hits]) => shareRow(name, hits, total.n, most, name === only, pick)));
  if (focused) [...place.querySelectorAll("button")].find((each) => each.textContent === focused)?.focus();
};

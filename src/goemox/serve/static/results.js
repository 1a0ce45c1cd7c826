// What came out for a file: how common each label is, how much lies outside, and the rows.
import { make } from "./dom.js";
import { home, number, percent, plural, wilson } from "./words.js";

export const ROWS = 200; // of the table on the page
const FIRST = 10; // labels of the chart, until somebody asks for all
const CLIPPED = 240; // characters of a text in the table

export const countOf = (results) => {
  const counts = Object.create(null);
  const total = { n: 0, outside: 0, placed: 0, truncated: 0, odd: 0, counts };
  for (const result of results) {
    if (!result) continue;
    total.n += 1;
    for (const label of result.labels) counts[label] = (counts[label] ?? 0) + 1;
    if (result.in_domain !== null) total.placed += 1;
    if (result.in_domain === false) total.outside += 1;
    if (result.truncated) total.truncated += 1;
    if (result.hints.length) total.odd += 1;
  }
  return total;
};

const between = ([low, high]) => `${percent(low).replace("\u00a0%", "")} to ${percent(high)}`;

// sentences about all rows that were read
export const summary = (model, total) => {
  const said = [];
  const [most] = Object.entries(total.counts).sort((a, b) => b[1] - a[1]);
  if (most) said.push(`Most common: ${most[0]}, given to ${percent(most[1] / total.n)} of ${plural(total.n, "text")} (95\u00a0% interval ${between(wilson(most[1], total.n))}).`);
  if (total.placed) {
    const usual = 1 - (model.domain_accepted ?? 95) / 100;
    const range = wilson(total.outside, total.placed);
    said.push(`${number(total.outside)} of ${number(total.placed)} (${percent(total.outside / total.placed)}; ${between(range)}) lie outside the ${home(model)} that the model learned from; among those themselves it is ${percent(usual)}.${range[0] > usual ? " Read the shares below as what the model says, not as what is true." : ""}`);
  }
  if (total.truncated) said.push(`${plural(total.truncated, "text is", "texts are")} longer than the model reads.`);
  if (total.odd) said.push(`${plural(total.odd, "text is", "texts are")} of a kind the model does not expect: code, addresses, another script, no letters.`);
  return said;
};

// one label's share of the texts with its interval, on a scale up to `most`
const shareRow = (label, hits, n, most) => {
  const share = hits / n;
  const [low, high] = wilson(hits, n);
  const fill = make("span", { className: "fill" });
  fill.style.width = `${100 * share / most}%`;
  const range = make("span", { className: "whisker" });
  range.style.left = `${100 * low / most}%`;
  range.style.width = `${100 * (high - low) / most}%`;
  return make("li", { className: "share ink-0" }, make("span", { className: "name", textContent: label }),
    make("span", { className: "track", "aria-hidden": "true" }, fill, range),
    make("span", { className: "value", textContent: percent(share) }),
    make("span", { className: "range muted", textContent: between([low, high]) }));
};

export const drawShares = (place, names, total, isWhole) => {
  const falling = names.map((name) => [name, total.counts[name] ?? 0]).sort((a, b) => b[1] - a[1]);
  const shown = isWhole ? falling : falling.filter(([, hits]) => hits).slice(0, FIRST);
  const most = Math.max(0.01, ...shown.map(([, hits]) => wilson(hits, total.n)[1]));
  place.replaceChildren(...shown.map(([name, hits]) => shareRow(name, hits, total.n, most)));
};

const clipped = (text) => (text.length > CLIPPED ? `${text.slice(0, CLIPPED)}…` : text);
const KEYS = {
  row: (found, i) => i,
  text: (found, i) => String(found.rows[i][found.column]).toLowerCase(),
  labels: (found, i) => found.results[i].labels.join(", "),
  sure: (found, i) => Math.max(...Object.values(found.results[i].scores)),
  distance: (found, i) => found.results[i].domain_percentile ?? -1,
};

// rows by one of KEYS, first `ROWS` of them; open(i): show this text alone
export const drawTable = (body, found, { key, isFalling }, open) => {
  const read = found.results.flatMap((result, i) => (result ? [i] : []));
  const value = new Map(read.map((i) => [i, KEYS[key](found, i)]));
  const order = (a, b) => (value.get(a) < value.get(b) ? -1 : value.get(a) > value.get(b) ? 1 : a - b);
  read.sort(isFalling ? (a, b) => order(b, a) : order);
  body.replaceChildren(...read.slice(0, ROWS).map((i) => {
    const result = found.results[i];
    const button = make("button", { type: "button", className: "link", textContent: number(i + 1), "aria-label": `Open row ${i + 1} as one text` });
    button.addEventListener("click", () => open(i));
    const far = result.domain_percentile === null ? "–" : percent(result.domain_percentile / 100);
    return make("tr", {}, make("th", { scope: "row" }, button), make("td", { className: "text", textContent: clipped(found.rows[i][found.column]), dir: "auto" }),
      make("td", { textContent: result.labels.join(", ") || "no label" }), make("td", { className: "n", textContent: percent(KEYS.sure(found, i)) }),
      make("td", { className: `n${result.in_domain === false ? " far" : ""}`, textContent: result.in_domain === false ? `${far} outside` : far }));
  }));
  return read.length;
};

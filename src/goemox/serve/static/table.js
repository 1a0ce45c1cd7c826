// The rows of a file: sorted, searched, narrowed to a label or a kind, and each with all that was said of it.
import { bar, falling } from "./bars.js";
import { get, make, settled, show } from "./dom.js";
import { KINDS_OF_ROWS, surest } from "./results.js";
import { distance, listed, meaning, number, oddities, percent, plural, promised, rank } from "./words.js";

const STEP = 100; // rows that are drawn at a time
const CLIPPED = 240; // characters of a text in the table
const KINDS = { uncertain: "uncertain", outside: "unlike what it learned from", odd: "of an unexpected kind", truncated: "longer than it reads" };
const ORDERS = [["row", false, "as in the file"], ["sure", true, "surest first"], ["sure", false, "least sure first"], ["distance", true, "farthest out first"], ["text", false, "by text"], ["labels", false, "by label"]];
const KEYS = {
  row: (found, i) => i,
  text: (found, i) => String(found.rows[i][found.column]).toLowerCase(),
  labels: (found, i) => found.results[i].labels.join(", "),
  sure: (found, i) => surest(found.results[i]),
  distance: (found, i) => found.results[i].domain_percentile ?? -1,
};

const clipped = (text) => (text.length > CLIPPED ? `${text.slice(0, CLIPPED)}…` : text);
const option = (value, words) => make("option", { value, textContent: words });

// all that was said of one text
const detail = (model, thresholds, text, result, open) => {
  const scores = falling(result.scores).map((label) => make("li", { className: result.labels.includes(label) ? "ink-0" : "ink-rest below" },
    make("span", { className: "name", textContent: label }), bar(result.scores[label], thresholds[label]), make("span", { className: "value", textContent: percent(result.scores[label]) })));
  const button = make("button", { type: "button", textContent: "Open as one text" });
  button.addEventListener("click", open);
  const set = result.prediction_set ? `Set with a promise: ${listed(result.prediction_set)}. ` : "";
  return make("tr", { className: "detail" }, make("td", { colSpan: 5 },
    text.length > CLIPPED ? make("p", { className: "whole", textContent: text, dir: "auto" }) : null,
    ...[meaning(model, result, thresholds), ...oddities(model, result), distance(model, result), set + promised(model, result)].map((words) => make("p", { textContent: words })),
    make("ul", { className: "scores", "aria-label": "All scores" }, ...scores), button));
};

// openText(text): show it alone; changed(label): the table shows only rows of this label now, "" = all
export const rowsTable = (model, thresholds, openText, changed) => {
  let found;
  let order = ["row", false];
  let most = STEP;
  let only = { label: "", kind: "", words: "" };

  const row = (i) => {
    const result = found.results[i];
    const text = found.rows[i][found.column];
    const button = make("button", { type: "button", textContent: number(i + 1), "aria-expanded": "false", "aria-label": `Row ${i + 1}, all scores` });
    const far = result.domain_percentile === null ? "–" : rank(result.domain_percentile);
    const cell = (className, words, name) => make("td", { className, textContent: words, "data-words": name });
    const line = make("tr", {}, make("th", { scope: "row" }, button), make("td", { className: "text", textContent: clipped(text), dir: "auto" }),
      cell("labels", result.labels.join(", ") || "no label"), cell("n sure", percent(surest(result)), "highest"),
      cell(`n distance${result.in_domain === false ? " far" : ""}`, result.in_domain === false ? `${far}, outside` : far, "distance"));
    let shown;
    const toggle = () => {
      if (shown) shown.remove();
      else line.after(detail(model, thresholds, text, result, () => openText(text)));
      shown = shown ? undefined : line.nextElementSibling;
      button.setAttribute("aria-expanded", String(Boolean(shown)));
    };
    // a drag that selects words is no click; a key is (detail 0)
    line.addEventListener("click", (event) => { if (event.detail === 0 || !String(getSelection())) toggle(); });
    return line;
  };

  const fits = (i) => {
    const result = found.results[i];
    return Boolean(result) && (!only.label || result.labels.includes(only.label)) && (!only.kind || KINDS_OF_ROWS[only.kind](result))
      && (!only.words || String(found.rows[i][found.column]).toLowerCase().includes(only.words));
  };

  const draw = () => {
    const [key, isFalling] = order;
    const rows = found.results.flatMap((_, i) => (fits(i) ? [i] : []));
    const value = new Map(rows.map((i) => [i, KEYS[key](found, i)]));
    const rising = (a, b) => (value.get(a) < value.get(b) ? -1 : value.get(a) > value.get(b) ? 1 : a - b);
    rows.sort(isFalling ? (a, b) => rising(b, a) : rising);
    get("rows").replaceChildren(...rows.slice(0, most).map(row));
    get("rows-shown").textContent = rows.length > most ? `The first ${number(most)} of ${plural(rows.length, "row")} in this order; the saved files hold all.` : plural(rows.length, "row");
    show(get("more-rows"), rows.length > most);
    get("order").value = `${key} ${isFalling}`;
    for (const head of document.querySelectorAll("#table th[data-key]")) {
      if (head.dataset.key === key) head.setAttribute("aria-sort", isFalling ? "descending" : "ascending");
      else head.removeAttribute("aria-sort");
    }
  };

  const narrow = (change) => {
    only = { ...only, ...change };
    most = STEP;
    get("only-label").value = only.label;
    draw();
    changed(only.label);
  };

  get("find").addEventListener("input", settled(() => narrow({ words: get("find").value.trim().toLowerCase() }), 150));
  get("only-label").addEventListener("change", (event) => narrow({ label: event.target.value }));
  get("only-kind").addEventListener("change", (event) => narrow({ kind: event.target.value }));
  get("more-rows").addEventListener("click", () => {
    const at = most;
    most += STEP;
    draw();
    get("rows").querySelectorAll("tr")[at]?.querySelector("button").focus();
  });
  get("order").replaceChildren(...ORDERS.map(([key, isFalling, words]) => option(`${key} ${isFalling}`, words)));
  const sort = (key, isFalling) => { order = [key, isFalling]; draw(); };
  get("order").addEventListener("change", (event) => sort(event.target.value.split(" ")[0], event.target.value.endsWith("true")));
  for (const head of document.querySelectorAll("#table th[data-key]")) {
    const { key } = head.dataset;
    head.querySelector("button").addEventListener("click", () => sort(key, order[0] === key ? !order[1] : ["sure", "distance"].includes(key)));
  }

  return {
    get onlyLabel() { return only.label; },
    pick(label) { narrow({ label: only.label === label ? "" : label }); },
    // of: a file whose rows were read, with their total
    show(of, total) {
      found = of;
      [order, most, only] = [["row", false], STEP, { label: "", kind: "", words: "" }];
      get("find").value = "";
      const labels = Object.entries(total.counts).sort((a, b) => b[1] - a[1]);
      get("only-label").replaceChildren(option("", "all labels"), ...labels.map(([label, n]) => option(label, `${label} (${number(n)})`)));
      const kinds = Object.entries(KINDS).filter(([kind]) => total[kind]);
      get("only-kind").replaceChildren(option("", "all rows"), ...kinds.map(([kind, words]) => option(kind, `${words} (${number(total[kind])})`)));
      draw();
    },
  };
};

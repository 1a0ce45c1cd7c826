// A file of texts: chosen, dropped or pasted, read here in the browser, and sent chunk by chunk.
import { Batch, unfitCell } from "./batch.js";
import { decode, readTable, textColumn } from "./csv.js";
import { get, make, say, settled, show } from "./dom.js";
import { csvLines, jsonLines, save } from "./download.js";
import { calm, trouble } from "./problem.js";
import { countOf, drawShares, drawTable, ROWS, summary } from "./results.js";
import { number, plural } from "./words.js";

const MOST_BYTES = 100 * 2 ** 20;
const MOST_ROWS = 200_000; // all results stay in this browser's memory
const PREVIEWED = 3;
const NAMED_BAD = 50;
const DRAW_MS = 600;

// how long it still takes, as people say it
const left = (seconds) => {
  if (seconds < 5) return "a few seconds left";
  if (seconds < 90) return `about ${Math.round(seconds)} s left`;
  return `about ${Math.round(seconds / 60)} min left`;
};

export const filePanel = (model, names, openText) => {
  let source = ""; // the text of the file, kept until its first row is known to hold names or not
  let found; // what readTable gave, with name, column, results, names
  let batch;
  let order = { key: "row", isFalling: false };
  let told = 0; // quarters of the progress that were said

  const stage = (name) => {
    for (const each of ["choose", "ready", "running", "results"]) show(get(`file-${each}`), each === name || (name === "running" && each === "results" && Boolean(found.n)));
  };
  const fail = (words) => { get("file-wrong").textContent = words; };

  const take = (name, text, note, choices) => {
    const table = readTable(text, choices);
    if (!table.rows.length) { fail(`There is no row in ${name}.`); return; }
    if (table.rows.length > MOST_ROWS) { fail(`${name} has more than ${number(MOST_ROWS)} rows; goemox predict --input reads them.`); return; }
    fail("");
    [source, found] = [text, { ...table, name, note, names, column: textColumn(table.columns, table.rows) }];
    get("file-name").textContent = `${name}: ${plural(table.rows.length, "row")}`;
    get("column").replaceChildren(...table.columns.map((column, j) => make("option", { value: String(j), textContent: column })));
    get("column").value = String(found.column);
    get("header").checked = table.hasHeader;
    get("separator").value = table.separator ?? "";
    show(get("csv-choices"), table.kind === "csv");
    get("file-note").textContent = note;
    preview();
    stage("ready");
    if (!choices) get("start").focus();
  };

  const preview = () => {
    const cells = found.rows.map((row) => row[found.column]).filter((cell) => !unfitCell(cell));
    get("preview").replaceChildren(...cells.slice(0, PREVIEWED).map((cell) => make("li", { textContent: cell.slice(0, 200), dir: "auto" })));
    get("start").disabled = !cells.length;
    get("start").textContent = cells.length ? `Read ${plural(cells.length, "text")}` : "No text in this column";
  };

  const open = async (file) => {
    if (file.size > MOST_BYTES) { fail(`${file.name} is larger than 100 MB; goemox predict --input reads it.`); return; }
    const { text, note } = decode(await file.arrayBuffer());
    if (text.includes("\0")) { fail(`${file.name} is no text. CSV, TSV and JSON Lines can be read; goemox predict --input reads Parquet and packed files.`); return; }
    take(file.name, text.replace(/^\ufeff/, ""), note);
  };

  const draw = () => {
    const total = countOf(found.results);
    found.n = total.n;
    get("file-summary").replaceChildren(...summary(model, total).map((each) => make("li", { textContent: each })));
    if (total.n) drawShares(get("shares"), names, total, get("all-shares").checked);
    show(get("file-results"), total.n > 0);
  };

  const table = () => {
    const n = drawTable(get("rows"), found, order, (i) => openText(found.rows[i][found.column]));
    get("rows-shown").textContent = n > ROWS ? `The first ${ROWS} of ${number(n)} rows in this order; the files hold all.` : plural(n, "row");
    for (const head of document.querySelectorAll("#table th[data-key]")) {
      if (head.dataset.key === order.key) head.setAttribute("aria-sort", order.isFalling ? "descending" : "ascending");
      else head.removeAttribute("aria-sort");
    }
    const bad = Object.entries(found.why);
    show(get("bad"), bad.length > 0);
    get("bad-count").textContent = `${plural(bad.length, "row")} could not be read`;
    get("bad-rows").replaceChildren(...bad.slice(0, NAMED_BAD).map(([i, why]) => make("li", { textContent: `Row ${number(Number(i) + 1)}: ${why}.` })),
      ...(bad.length > NAMED_BAD ? [make("li", { textContent: `and ${number(bad.length - NAMED_BAD)} more, named in the files` })] : []));
  };

  const progress = (began, before) => {
    const seconds = (performance.now() - began) / 1000;
    const rate = (batch.done - before) / seconds;
    get("progress").max = batch.total;
    get("progress").value = batch.done;
    const rest = rate > 0 && seconds > 1 ? `, ${number(Math.round(rate))} texts a second, ${left((batch.total - batch.done) / rate)}` : "";
    get("progress-words").textContent = `${number(batch.done)} of ${number(batch.total)} read${rest}`;
    const quarter = Math.floor(4 * batch.done / batch.total);
    if (quarter > told && quarter < 4) { told = quarter; say(`${25 * quarter} % read`); }
  };

  const run = async () => {
    const own = batch;
    const [began, before] = [performance.now(), batch.done];
    calm();
    stage("running");
    for (const each of ["go-on", "file-rows"]) show(get(each), false);
    get("file-end").textContent = "";
    get("cancel").focus();
    const timers = [setInterval(() => progress(began, before), 120), setInterval(draw, DRAW_MS)];
    let wrong;
    try { await own.run(); } catch (refusal) { wrong = refusal; }
    timers.forEach(clearInterval);
    if (own !== batch) return; // somebody took another file
    if (wrong) trouble(wrong, run, false);
    const hadFocus = get("file-running").contains(document.activeElement);
    get("patience").textContent = "";
    draw();
    table();
    stage("results");
    for (const each of ["file-results", "file-rows"]) show(get(each), true);
    show(get("go-on"), !batch.isDone);
    const words = batch.isDone ? `Done: ${plural(found.n, "text")} read.` : `Stopped after ${number(batch.done)} of ${number(batch.total)}.`;
    get("file-end").textContent = words;
    say(words);
    if (hadFocus) get(batch.isDone ? "save-csv" : "go-on").focus();
  };

  const start = () => {
    const texts = found.rows.map((row, i) => {
      const why = found.why[i] ?? unfitCell(row[found.column]);
      if (why) found.why[i] = why;
      return why ? undefined : row[found.column];
    });
    const { why, results } = Object.assign(found, { results: texts.map(() => undefined) });
    [order, told] = [{ key: "row", isFalling: false }, 0];
    batch = new Batch(texts, {
      taken: (i, result) => { results[i] = result; },
      refused: (i, words) => { why[i] = words; },
      waiting: (words) => { get("patience").textContent = words; },
    });
    get("file-title").textContent = found.name;
    run();
  };

  const again = () => {
    batch?.cancel();
    [found, source, batch] = [undefined, "", undefined];
    get("file-input").value = "";
    calm();
    for (const each of ["ready", "running", "results"]) show(get(`file-${each}`), false);
    show(get("file-choose"), true);
    get("file-input").focus();
  };

  get("file-input").addEventListener("change", (event) => { if (event.target.files[0]) open(event.target.files[0]); });
  get("column").addEventListener("change", (event) => { found.column = Number(event.target.value); preview(); });
  get("header").addEventListener("change", (event) => take(found.name, source, found.note, { withHeader: event.target.checked, separator: found.separator }));
  get("separator").addEventListener("change", (event) => take(found.name, source, found.note, { separator: event.target.value }));
  get("use-paste").addEventListener("click", () => take("pasted rows", get("paste").value, ""));
  get("start").addEventListener("click", start);
  get("cancel").addEventListener("click", () => batch.cancel());
  get("go-on").addEventListener("click", run);
  for (const button of document.querySelectorAll(".another")) button.addEventListener("click", again);
  get("all-shares").addEventListener("change", settled(draw, 0));
  get("save-csv").addEventListener("click", () => save(csvLines(found), "goemox.csv", "text/csv"));
  get("save-jsonl").addEventListener("click", () => save(jsonLines(found), "goemox.jsonl", "application/x-ndjson"));
  for (const head of document.querySelectorAll("#table th[data-key]")) {
    head.querySelector("button").addEventListener("click", () => {
      const { key } = head.dataset;
      order = { key, isFalling: order.key === key ? !order.isFalling : ["sure", "distance"].includes(key) };
      table();
    });
  }
  return { open, get isRunning() { return Boolean(batch) && !get("file-running").hidden; } };
};

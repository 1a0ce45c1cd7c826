// A file of texts: chosen, dropped or pasted, read here in the browser, and sent chunk by chunk.
import { Batch, unfitCell } from "./batch.js";
import { decode, readTable, textColumn } from "./csv.js";
import { get, make, say, settled, show } from "./dom.js";
import { csvLines, jsonLines, save } from "./download.js";
import { exampleFile } from "./example.js";
import { calm, trouble } from "./problem.js";
import { watched } from "./progress.js";
import { countOf, drawShares, isFar, tiles } from "./results.js";
import { rowsTable } from "./table.js";
import { home, number, plural } from "./words.js";

const MOST_BYTES = 100 * 2 ** 20;
const MOST_ROWS = 200_000; // all results stay in this browser's memory
const PREVIEWED = 3;
const NAMED_BAD = 50;
const DRAW_MS = 600;
const INVITE = "Drop a CSV, TSV or JSON Lines file";

export const filePanel = (model, names, thresholds, openText) => {
  let source = ""; // the text of the file, kept until its first row is known to hold names or not
  let found; // what readTable gave, with name, column, results, names
  let batch;
  let past; // the file before, until another one is started

  const stage = (name) => { for (const each of ["choose", "ready", "work"]) show(get(`file-${each}`), each === name); };
  const isRunning = () => Boolean(batch?.isRunning);
  const fail = (words) => { get("file-wrong").textContent = words; };

  const take = (name, text, note, choices) => {
    const table = readTable(text, { isTable: /\.[ct]sv$/i.test(name), isTsv: /\.tsv$/i.test(name), ...choices });
    if (!table.rows.length && choices) { // what was chosen leaves nothing: as it was
      get("header").checked = found.hasHeader;
      get("separator").value = found.separator ?? "";
      get("file-note").textContent = "That is the only row: with it as names there would be no text.";
      return;
    }
    if (!table.rows.length) { fail(table.columns.length ? `${name} has a header but no rows.` : `There is no row in ${name}.`); return; }
    if (table.rows.length > MOST_ROWS) { fail(`${name} has more than ${number(MOST_ROWS)} rows; goemox predict --input reads them.`); return; }
    fail("");
    [source, found] = [text, { ...table, name, note, names, column: textColumn(table.columns, table.rows) }];
    get("file-name").textContent = `${name}: ${plural(table.rows.length, "row")}`;
    get("column").replaceChildren(...table.columns.map((column, j) => make("option", { value: String(j), textContent: column })));
    get("column").value = String(found.column);
    get("header").checked = table.hasHeader;
    get("separator").value = table.separator ?? "";
    show(get("csv-choices"), table.kind === "csv");
    preview();
    stage("ready");
    if (!choices) get("start").focus();
  };

  const preview = () => {
    const cells = found.rows.filter((_, i) => !found.why[i]).map((row) => row[found.column]).filter((cell) => !unfitCell(cell));
    get("preview").replaceChildren(...cells.slice(0, PREVIEWED).map((cell) => make("li", { textContent: cell.slice(0, 200), dir: "auto" })));
    get("start").disabled = !cells.length;
    get("start").textContent = cells.length ? `Read ${plural(cells.length, "text")}` : "No text in this column";
    const [bad] = Object.entries(found.why);
    get("file-note").textContent = !cells.length && bad ? `Row ${number(Number(bad[0]) + 1)}: ${bad[1]}.` : found.note;
  };

  const open = async (file) => {
    if (!get("file-work").hidden) again();
    stage("choose");
    fail("");
    if (file.size > MOST_BYTES) { fail(`${file.name} is larger than 100 MB; goemox predict --input reads it.`); return; }
    get("drop-words").textContent = `Opening ${file.name} …`;
    try {
      const { text, note } = decode(await file.arrayBuffer());
      if (text.includes("\0")) { fail(`${file.name} is no text. CSV, TSV and JSON Lines can be read: save a spreadsheet as CSV. Parquet and packed files are for goemox predict --input.`); return; }
      take(file.name, text.replace(/^\ufeff/, ""), note);
    } catch {
      fail(`${file.name} cannot be opened: it was moved, changed, or is a folder.`);
    } finally {
      get("drop-words").textContent = INVITE;
      get("file-input").value = "";
    }
  };

  const table = rowsTable(model, thresholds, openText, (label) => drawTotals(label));

  const drawTotals = (only = table.onlyLabel) => {
    const total = countOf(found.results);
    found.n = total.n;
    if (total.n) {
      get("file-summary").replaceChildren(...tiles(model, total));
      drawShares(get("shares"), names, total, get("all-shares").checked, only, isRunning() ? () => {} : table.pick);
    }
    show(get("file-careful"), isFar(model, total));
    get("file-careful").textContent = `More of them are unlike the ${home(model)} it learned from than chance explains: read the shares as what the model says, not as what is true.`;
    show(get("file-results"), total.n > 0);
    return total;
  };

  const drawBad = () => {
    const bad = Object.entries(found.why);
    show(get("bad"), bad.length > 0);
    get("bad-count").textContent = `${plural(bad.length, "row")} could not be read`;
    get("bad-rows").replaceChildren(...bad.slice(0, NAMED_BAD).map(([i, why]) => make("li", { textContent: `Row ${number(Number(i) + 1)}: ${why}.` })),
      ...(bad.length > NAMED_BAD ? [make("li", { textContent: `and ${number(bad.length - NAMED_BAD)} more, named in the files` })] : []));
  };

  const settle = () => { // running or not: what can be seen and pressed
    const isOn = isRunning();
    for (const id of ["file-running", "cancel"]) show(get(id), isOn);
    for (const id of ["file-rows", "savers"]) show(get(id), !isOn && found.n > 0);
    show(get("go-on"), !isOn && !batch.isDone);
    get("file-title").textContent = found.name;
    get("file-end").textContent = isOn ? "" : batch.isDone ? `Done: ${plural(found.n, "text")} read.` : `Stopped after ${number(batch.done)} of ${number(batch.total)}.`;
    stage("work");
  };

  const ended = () => {
    const total = drawTotals("");
    drawBad();
    table.show(found, total);
    settle();
  };

  const run = async () => {
    const own = batch;
    calm();
    own.isRunning = true;
    found.isSaved = false;
    settle();
    drawTotals("");
    get("cancel").focus();
    const drawing = setInterval(() => drawTotals(""), DRAW_MS);
    const stop = watched(own);
    let wrong;
    try { await own.run(); } catch (refusal) { wrong = refusal; }
    clearInterval(drawing);
    stop();
    own.isRunning = false;
    if (own !== batch) return; // somebody took another file
    if (wrong) trouble(wrong, run, false);
    const hadFocus = document.activeElement === get("cancel");
    get("patience").textContent = "";
    ended();
    say(get("file-end").textContent);
    if (hadFocus) get(!batch.isDone ? "go-on" : found.n ? "save-csv" : "file-title").focus();
  };

  const start = () => {
    const texts = found.rows.map((row, i) => {
      const why = found.why[i] ?? unfitCell(row[found.column]);
      if (why) found.why[i] = why;
      return why ? undefined : row[found.column];
    });
    const { why, results } = Object.assign(found, { n: 0, results: texts.map(() => undefined) });
    past = undefined;
    batch = new Batch(texts, {
      taken: (i, result) => { results[i] = result; },
      refused: (i, words) => { why[i] = words; },
      waiting: (words) => { get("patience").textContent = words; },
    });
    show(get("bad"), false);
    run();
  };

  const again = () => {
    batch?.cancel();
    if (batch) past = { found, batch };
    [found, source, batch] = [undefined, "", undefined];
    calm();
    show(get("back"), Boolean(past?.found.n));
    if (past) get("back").textContent = `Back to ${past.found.name}`;
    stage("choose");
    get("file-input").focus();
  };

  const back = () => {
    ({ found, batch } = past);
    ended();
    get("file-title").focus();
  };

  get("file-input").addEventListener("change", (event) => { if (event.target.files[0]) open(event.target.files[0]); });
  get("column").addEventListener("change", (event) => { found.column = Number(event.target.value); preview(); });
  get("header").addEventListener("change", (event) => take(found.name, source, found.note, { withHeader: event.target.checked, separator: found.separator }));
  get("separator").addEventListener("change", (event) => take(found.name, source, found.note, { separator: event.target.value }));
  const paste = (text) => take("pasted rows", text, "");
  get("use-paste").addEventListener("click", () => paste(get("paste").value));
  get("example-file").addEventListener("click", () => open(exampleFile()));
  get("back").addEventListener("click", back);
  get("start").addEventListener("click", start);
  get("cancel").addEventListener("click", () => batch.cancel());
  get("go-on").addEventListener("click", run);
  for (const button of document.querySelectorAll(".another")) button.addEventListener("click", again);
  get("all-shares").addEventListener("change", settled(() => drawTotals(), 0));
  const fileName = (ending) => (/\.\w+$/.test(found.name) ? found.name.replace(/\.\w+$/, `.goemox.${ending}`) : `goemox.${ending}`);
  const saved = (lines, ending, type) => { save(lines, fileName(ending), type); found.isSaved = true; };
  get("save-csv").addEventListener("click", () => saved(csvLines(found), "csv", "text/csv"));
  get("save-jsonl").addEventListener("click", () => saved(jsonLines(found), "jsonl", "application/x-ndjson"));
  get("all-shares-words").textContent = `Show all ${names.length} labels`;
  const isLost = () => isRunning() || [found, past?.found].some((each) => each?.n > 0 && !each.isSaved); // what a reload would throw away
  addEventListener("beforeunload", (event) => { if (isLost()) event.preventDefault(); });
  return { open, paste(text) { if (!get("file-choose").hidden) paste(text); }, get isRunning() { return isRunning(); } };
};

// A table out of the text of a file: CSV by RFC 4180 with , ; or tab, JSON Lines, a JSON list, or plain lines.
import { asWritten, columnNamed } from "./download.js";
import { records, separatorOf } from "./records.js";
import { plural } from "./words.js";

// those of `goemox predict`, in its order (data.columns.TEXT_NAMES)
const KNOWN = ["text", "comment", "body", "message", "content", "sentence", "title", "review", "tweet", "comment_text",
  "post", "headline", "description", "utterance", "question"];
const NAME_LENGTH = 40;
const EXCELS = /^"?sep=([,;\t])"?[^\S\r\n]*\r?\n/i; // a line above the header that names the separator

const isKnown = (name) => KNOWN.includes(name.trim().toLowerCase());

// whether the first record of pasted rows holds names: short ones, all different, no numbers, and one that texts have
// unless the rows are from a spreadsheet
export const isHeader = (cells, separator) => {
  const names = cells.map((cell) => cell.trim());
  if (names.length === 1) return isKnown(names[0]);
  const isName = (name) => name && name.length <= NAME_LENGTH && Number.isNaN(Number(name));
  return new Set(names).size === names.length && names.every(isName) && (separator === "\t" || names.some(isKnown));
};

// GoEmotions' own files have no header: a text, its labels' numbers, an id of one word
const isGoEmotions = (cells) => cells.length === 3 && /\p{L}/u.test(cells[0])
  && cells[1].split(",").every((id) => /^\d{1,2}$/.test(id) && Number(id) < 28) && /^\s*\S+\s*$/.test(cells[2]);

// names that differ from each other: a second `a` is `a 2`
const distinct = (names) => {
  const taken = new Set(names);
  const seen = new Set();
  return names.map((name) => {
    let own = name;
    for (let n = 2; seen.has(own) || (own !== name && taken.has(own)); n += 1) own = `${name} ${n}`;
    seen.add(own);
    return own;
  });
};

// whether a cell holds words, and is no number, date or web address
const isWording = (cell) => typeof cell === "string" && !/^https?:\/\//.test(cell)
  && (cell.match(/\p{L}/gu) ?? []).length > cell.length / 2;

// the column with a name that texts have, or else the one with the most words to read
export const textColumn = (columns, rows) => {
  for (const name of KNOWN) {
    const found = columnNamed(columns, name);
    if (found >= 0) return found;
  }
  const lengths = columns.map((_, j) => rows.slice(0, 100)
    .reduce((sum, row) => sum + (isWording(row[j]) ? row[j].length : 0), 0));
  return Math.max(0, lengths.indexOf(Math.max(...lengths)));
};

const named = (n) => (n === 1 ? ["text"] : Array.from({ length: n }, (_, j) => `column ${j + 1}`));

// columns: names; rows: arrays of cells, null where a row cannot be used; why: {index of a row: reason}
const fromRecords = (text, withHeader, separator, isTable, isTsv) => {
  const all = [...records(text, separator)].filter(({ cells }) => cells.length > 1 || cells[0].trim());
  if (separator || isTable) for (const record of all) record.cells = record.cells.map(asWritten);
  const hasHeader = withHeader ?? (all.length > 0 && (isTable ? !(isTsv && isGoEmotions(all[0].cells)) : all.length > 1 && isHeader(all[0].cells, separator)));
  const sound = all.find(({ why }) => !why) ?? all[0]; // a header whose quotes do not add up names nothing
  const columns = hasHeader && !all[0].why ? distinct(all.shift().cells.map((name, j) => name.trim() || `column ${j + 1}`)) : named(sound?.cells.length ?? 0);
  const why = {};
  const rows = all.map(({ cells, why: wrong }, i) => {
    if (wrong) why[i] = wrong;
    else if (cells.length !== columns.length) why[i] = `${plural(cells.length, "cell")} where ${columns.length} are expected`;
    return cells;
  });
  return { kind: "csv", columns, rows, why, hasHeader, separator };
};

// JSON as it is written: integers that a double does not hold keep their digits, and 1.0 stays 1.0
const asWrittenNumber = (key, value, { source }) => (Number.isInteger(value) && String(value) !== source ? JSON.rawJSON(source) : value);
const WORDS_OR_NUMBER = /"[^"\\]*(?:\\.[^"\\]*)*"|-?\d[\d.eE+-]*/g;
const parsed = (text) => (JSON.rawJSON ? JSON.parse(text, asWrittenNumber) // else long integers become strings
  : JSON.parse(text.replace(WORDS_OR_NUMBER, (part) => (/^-?[1-9]\d{15,}$/.test(part) ? `"${part}"` : part))));

const isRecord = (value) => Boolean(value) && typeof value === "object" && !Array.isArray(value) && !JSON.isRawJSON?.(value);

const fromObjects = (values, why) => {
  const columns = [];
  const known = new Map();
  for (const value of values) {
    const keys = isRecord(value) ? Object.keys(value) : typeof value === "string" ? ["text"] : [];
    for (const key of keys) if (!known.has(key)) known.set(key, columns.push(key) - 1);
  }
  const rows = values.map((value, i) => {
    if (typeof value === "string") return columns.map((name) => (name === "text" ? value : undefined));
    if (!isRecord(value)) why[i] ??= "no JSON object";
    return columns.map((name) => (value && Object.hasOwn(Object(value), name) ? value[name] : undefined));
  });
  return { kind: "json", columns, rows, why, hasHeader: true };
};

const fromLines = (lines) => {
  const why = {};
  return fromObjects(lines.map((line, i) => {
    try { return parsed(line); } catch { why[i] = "no JSON"; return null; }
  }), why);
};

// text: of a file or pasted, without its byte order mark. withHeader: whether the first row holds names;
// separator: what ends a cell, "" = line ends only; both are guessed where they are not said. isTable: of a file
// that is called one, the first row is its header, as for `goemox predict`
export const readTable = (text, { withHeader, separator, isTable, isTsv } = {}) => {
  const start = text.trimStart()[0];
  if (start === "[") {
    try {
      const values = parsed(text);
      if (Array.isArray(values)) return fromObjects(values, {});
    } catch { /* a text that begins with a bracket */ }
  }
  if (start === "{") {
    const lines = text.split(/\r?\n/).filter((line) => line.trim());
    try { JSON.parse(lines[0]); return fromLines(lines); } catch { /* a text that begins with a brace */ }
  }
  const told = EXCELS.exec(text);
  const rest = told ? text.slice(told[0].length) : text;
  return fromRecords(rest, withHeader, separator ?? told?.[1] ?? separatorOf(rest), isTable, isTsv);
};

// bytes of a file as text: UTF-8, UTF-16 by its mark, and else Windows-1252, which is told
export const decode = (bytes) => {
  const [one, two] = new Uint8Array(bytes.slice(0, 2));
  if (one === 0xff && two === 0xfe) return { text: new TextDecoder("utf-16le").decode(bytes), note: "" };
  if (one === 0xfe && two === 0xff) return { text: new TextDecoder("utf-16be").decode(bytes), note: "" };
  try {
    return { text: new TextDecoder("utf-8", { fatal: true }).decode(bytes), note: "" };
  } catch {
    return { text: new TextDecoder("windows-1252").decode(bytes), note: "It is no UTF-8, and was read as Windows-1252." };
  }
};

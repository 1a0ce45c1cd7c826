// A table out of the text of a file: CSV by RFC 4180 with , ; or tab, JSON Lines, a JSON list, or plain lines.
import { plural } from "./words.js";

const SEPARATORS = [",", ";", "\t"];
const SAMPLE = 64_000; // characters that the separator is guessed on
const KNOWN = ["text", "comment", "body", "content", "message", "review", "sentence", "tweet", "title", "description"];
const NAME_LENGTH = 40;
const PROSE = 0.5; // share of cells that begin with a space: commas of sentences, not of a table

// one record after the other: { cells, isOpen }; isOpen: a quote in it never closes
export function* records(text, separator) {
  const stop = separator ? new RegExp(`[${separator}\\n\\r]`, "g") : /[\n\r]/g;
  const next = (from) => {
    stop.lastIndex = from;
    return stop.exec(text)?.index ?? text.length;
  };
  let at = 0;
  while (at < text.length) {
    const cells = [];
    let isOpen = false;
    for (;;) {
      let cell = "";
      if (text[at] === '"') {
        let from = at + 1;
        for (;;) {
          const close = text.indexOf('"', from);
          isOpen = close < 0;
          cell += text.slice(from, isOpen ? text.length : close);
          if (isOpen) { at = text.length; break; }
          if (text[close + 1] !== '"') { at = close + 1; break; }
          cell += '"';
          from = close + 2;
        }
      }
      const end = next(at);
      cells.push(cell + text.slice(at, end));
      at = end;
      if (!separator || text[at] !== separator) break;
      at += 1;
    }
    if (text[at] === "\r" && text[at + 1] === "\n") at += 1;
    at += 1;
    yield { cells, isOpen };
  }
}

const first = (text, separator, most) => {
  const found = [];
  for (const record of records(text.slice(0, SAMPLE), separator)) {
    if (found.push(record.cells) === most) break;
  }
  return found;
};

// the separator that cuts nearly all records into as many cells, at least two; "" where none does
export const separatorOf = (text) => {
  let best = { separator: "", n: 1 };
  for (const separator of SEPARATORS) {
    const found = first(text, separator, 30);
    if (found.length > 2 && text.length > SAMPLE) found.pop(); // cut off
    const n = found[0]?.length ?? 0;
    const alike = found.filter((cells) => cells.length === n || cells.join("") === "").length;
    const later = found.flatMap((cells) => cells.slice(1));
    const isProse = later.filter((cell) => cell.startsWith(" ")).length > PROSE * later.length;
    if (n > best.n && alike >= 0.8 * found.length && !isProse) best = { separator, n };
  }
  return best.separator;
};

const isKnown = (name) => KNOWN.includes(name.trim().toLowerCase());

// whether the first record holds names: short ones, all different, no numbers
export const isHeader = (cells) => {
  const names = cells.map((cell) => cell.trim());
  if (names.length === 1) return isKnown(names[0]);
  const isName = (name) => name && name.length <= NAME_LENGTH && Number.isNaN(Number(name));
  return new Set(names).size === names.length && names.every(isName);
};

// whether a cell holds words, and is no number, date or web address
const isWording = (cell) => typeof cell === "string" && !/^https?:\/\//.test(cell)
  && (cell.match(/\p{L}/gu) ?? []).length > cell.length / 2;

// the column with a name that texts have, or else the one with the most words to read
export const textColumn = (columns, rows) => {
  for (const name of KNOWN) {
    const found = columns.findIndex((column) => column.trim().toLowerCase() === name);
    if (found >= 0) return found;
  }
  const lengths = columns.map((_, j) => rows.slice(0, 100)
    .reduce((sum, row) => sum + (isWording(row[j]) ? row[j].length : 0), 0));
  return Math.max(0, lengths.indexOf(Math.max(...lengths)));
};

const named = (n) => (n === 1 ? ["text"] : Array.from({ length: n }, (_, j) => `column ${j + 1}`));

// columns: names; rows: arrays of cells, null where a row cannot be used; why: {index of a row: reason}
const fromRecords = (text, withHeader, separator, isTable) => {
  const all = [...records(text, separator)].filter(({ cells }) => cells.length > 1 || cells[0].trim());
  const hasHeader = withHeader ?? (all.length > (isTable ? 0 : 1) && isHeader(all[0].cells));
  const columns = hasHeader ? all.shift().cells.map((name, j) => name.trim() || `column ${j + 1}`) : named(all[0]?.cells.length ?? 0);
  const why = {};
  const rows = all.map(({ cells, isOpen }, i) => {
    if (isOpen) why[i] = "a quote in it never closes";
    else if (cells.length !== columns.length) why[i] = `${plural(cells.length, "cell")} where ${columns.length} are expected`;
    return cells;
  });
  return { kind: "csv", columns, rows, why, hasHeader, separator };
};

const fromObjects = (values, why) => {
  const columns = [];
  const known = new Map();
  for (const value of values) {
    const keys = value && typeof value === "object" && !Array.isArray(value) ? Object.keys(value) : typeof value === "string" ? ["text"] : [];
    for (const key of keys) if (!known.has(key)) known.set(key, columns.push(key) - 1);
  }
  const rows = values.map((value, i) => {
    if (typeof value === "string") return columns.map((name) => (name === "text" ? value : undefined));
    if (!value || typeof value !== "object" || Array.isArray(value)) why[i] ??= "no JSON object";
    return columns.map((name) => (value && Object.hasOwn(Object(value), name) ? value[name] : undefined));
  });
  return { kind: "json", columns, rows, why, hasHeader: true };
};

const fromLines = (lines) => {
  const why = {};
  return fromObjects(lines.map((line, i) => {
    try { return JSON.parse(line); } catch { why[i] = "no JSON"; return null; }
  }), why);
};

// text: of a file or pasted, without its byte order mark. withHeader: whether the first row holds names;
// separator: what ends a cell, "" = line ends only; both are guessed where they are not said. isTable: of a file
// that is called one, the only row may be its header
export const readTable = (text, { withHeader, separator, isTable } = {}) => {
  const start = text.trimStart()[0];
  if (start === "[") {
    try {
      const values = JSON.parse(text);
      if (Array.isArray(values)) return fromObjects(values, {});
    } catch { /* a text that begins with a bracket */ }
  }
  if (start === "{") {
    const lines = text.split(/\r?\n/).filter((line) => line.trim());
    try { JSON.parse(lines[0]); return fromLines(lines); } catch { /* a text that begins with a brace */ }
  }
  return fromRecords(text, withHeader, separator ?? separatorOf(text), isTable);
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

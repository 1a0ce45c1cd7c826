// Records out of the text of a table: what its quotes hold together, and which separator cuts it.
const SEPARATORS = [",", ";", "\t"];
const SAMPLE = 64_000; // characters that the separator is guessed on
const PROSE = 0.5; // share of cells that begin with a space: commas of sentences, not of a table

// the cell between the quotes that open at `at`, and where it ends; null where they never close
const quoted = (text, at) => {
  let cell = "";
  for (let from = at + 1; ;) {
    const close = text.indexOf('"', from);
    if (close < 0) return null;
    cell += text.slice(from, close);
    if (text[close + 1] !== '"') return { cell, end: close + 1 };
    cell += '"';
    from = close + 2;
  }
};

// whether lines that quotes make one row are several: tables between tabs are often written without quoting
const areRows = (lines, width) => lines.length > 1 && width > 1
  && lines.every((line) => line.split("\t").length === width && !line.startsWith("\t"));

// one record after the other: { cells, why }. A row whose quotes do not add up costs itself alone: between tabs and
// in plain lines it is read without quoting, else `why` says so ("" where nothing is wrong)
export function* records(text, separator) {
  const firstOf = (pattern) => (from) => {
    pattern.lastIndex = from;
    return pattern.exec(text)?.index ?? text.length;
  };
  const nextEnd = firstOf(separator ? new RegExp(`[${separator}\\n\\r]`, "g") : /[\n\r]/g);
  const lineEnd = firstOf(/[\n\r]/g);
  let width = 0; // cells of the first record
  let at = 0;
  while (at < text.length) {
    const begun = at;
    let cells = [];
    let why = "";
    for (;;) {
      if (text[at] === '"') {
        const found = quoted(text, at);
        if (!found || nextEnd(found.end) !== found.end) { cells = null; break; }
        cells.push(found.cell);
        at = found.end;
      } else {
        const end = nextEnd(at);
        cells.push(text.slice(at, end));
        at = end;
      }
      if (!separator || text[at] !== separator) break;
      at += 1;
    }
    if (!cells || (separator === "\t" && areRows(text.slice(begun, at).split(/\r?\n/), width))) {
      at = lineEnd(begun);
      const line = text.slice(begun, at);
      if (!cells && /[,;]/.test(separator)) why = "a quote in it does not close where its cell ends";
      cells = separator === "\t" ? line.split("\t") : [line];
    }
    if (text[at] === "\r" && text[at + 1] === "\n") at += 1;
    at += 1;
    if (cells.length > 1 || cells[0].trim()) width ||= cells.length;
    yield { cells, why };
  }
}

const first = (text, separator, most) => {
  const found = [];
  for (const { cells, why } of records(text.slice(0, SAMPLE), separator)) {
    if (!why && found.push(cells) === most) break;
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

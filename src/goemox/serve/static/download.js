// The whole result as a file, in the columns of `goemox predict` and with the hints: CSV that no spreadsheet runs, or JSON Lines.
const FORMULA = /^'*(?:[\t\r\n\0]|[\s\0]*[=+\-@＝＋－＠])/;
const NUMBER = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i;

const wouldRun = (cell) => FORMULA.test(cell) && !NUMBER.test(cell);

// a cell of a file without the apostrophe that was put before it; any other as it is
export const asWritten = (cell) => (cell[0] === "'" && wouldRun(cell.slice(1)) ? cell.slice(1) : cell);

// one cell; text that a spreadsheet would run gets an apostrophe before it
export const csvCell = (value) => {
  if (value === undefined || value === null) return "";
  let cell = typeof value === "string" ? value : JSON.stringify(value);
  if (typeof value === "string" && wouldRun(cell)) cell = `'${cell}`;
  return /[",\r\n]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell;
};

// the input's names, with `input_` before those that are ours
const renamed = (columns, own) => {
  const taken = new Set([...own, ...columns]);
  return columns.map((name) => {
    let free = name;
    if (own.includes(name)) while (taken.has(free)) free = `input_${free}`;
    taken.add(free);
    return free;
  });
};

// what is said of a text, in the order of `goemox predict`, which says no hints; `tier` where a cascade answers
const FIELDS = ["labels", "scores", "prediction_set", "domain_percentile", "in_domain", "truncated", "tier", "hints"];

const fieldsOf = (found) => FIELDS.filter((name) => name !== "tier" || found.results.some((result) => result?.tier));

// where the column of this name stands, in any case, first in lower case; -1 = nowhere
export const columnNamed = (columns, name) => {
  const exact = columns.indexOf(name);
  return exact >= 0 ? exact : columns.findIndex((column) => column.trim().toLowerCase() === name);
};

// the id of row i: its own, or for a blank one no plain number, which may be the id of another row
const idOf = (row, id, i) => (id < 0 ? String(i + 1) : [undefined, null, ""].includes(row[id]) ? `row-${i + 1}` : row[id]);

const joined = (value) => (Array.isArray(value) ? value.join("|") : value);

// found: { columns, column, rows, results, why, names } of a file; rows that were not read yet are left out
export function* csvLines(found) {
  const fields = fieldsOf(found);
  const wide = (scores, other) => fields.flatMap((name) => (name === "scores" ? found.names.map(scores) : [other(name)]));
  const own = [...wide((label) => `score_${label}`, (name) => name), "problem"];
  const id = columnNamed(found.columns, "id");
  const line = (cells) => `${cells.map(csvCell).join(",")}\n`;
  yield line([...(id < 0 ? ["id"] : []), ...renamed(found.columns, own), ...own]);
  for (const [i, row] of found.rows.entries()) {
    const result = found.results[i];
    if (!result && !found.why[i]) continue;
    const given = found.columns.map((_, j) => (j === id ? idOf(row, id, i) : row[j]));
    const said = wide((label) => result?.scores[label], (name) => joined(result?.[name]));
    yield line([...(id < 0 ? [idOf(row, id, i)] : []), ...given, ...said, result ? "" : found.why[i]]);
  }
}

export function* jsonLines(found) {
  const fields = fieldsOf(found);
  const id = columnNamed(found.columns, "id");
  const carried = found.columns.map((name, j) => [name, j]).filter(([, j]) => j !== found.column && j !== id);
  const names = renamed(carried.map(([name]) => name), ["id", "text", ...fields, "problem"]);
  for (const [i, row] of found.rows.entries()) {
    const result = found.results[i];
    if (!result && !found.why[i]) continue;
    const own = idOf(row, id, i);
    const head = { id: typeof own === "string" ? own : JSON.stringify(own), text: row[found.column] ?? null };
    const said = result ? Object.fromEntries(fields.map((name) => [name, result[name]])) : { problem: found.why[i] };
    yield `${JSON.stringify({ ...head, ...said, ...Object.fromEntries(carried.map(([, j], k) => [names[k], row[j]])) })}\n`;
  }
}

export const save = (lines, name, type) => {
  const parts = type === "text/csv" ? ["\ufeff"] : []; // spreadsheets take CSV for UTF-8 by its mark
  for (const line of lines) parts.push(line);
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob(parts, { type: `${type};charset=utf-8` }));
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
};

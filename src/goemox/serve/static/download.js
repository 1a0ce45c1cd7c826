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

// found: { columns, column, rows, results, why, names } of a file; rows that were not read yet are left out
export function* csvLines(found) {
  const own = ["labels", ...found.names.map((name) => `score_${name}`), "prediction_set", "domain_percentile", "in_domain", "truncated", "hints", "problem"];
  const hasId = found.columns.includes("id");
  const line = (cells) => `${cells.map(csvCell).join(",")}\n`;
  yield line([...(hasId ? [] : ["id"]), ...renamed(found.columns, own), ...own]);
  for (const [i, row] of found.rows.entries()) {
    const result = found.results[i];
    if (!result && !found.why[i]) continue;
    const given = found.columns.map((_, j) => row[j]);
    const said = result
      ? [result.labels.join("|"), ...found.names.map((name) => result.scores[name]), result.prediction_set?.join("|"), result.domain_percentile, result.in_domain, result.truncated, result.hints.join("|"), ""]
      : [...own.slice(1).map(() => ""), found.why[i]];
    yield line([...(hasId ? [] : [i + 1]), ...given, ...said]);
  }
}

export function* jsonLines(found) {
  const own = ["id", "text", "labels", "scores", "prediction_set", "domain_percentile", "in_domain", "truncated", "hints", "problem"];
  const carried = found.columns.map((name, j) => [name, j]).filter(([name, j]) => j !== found.column && name !== "id");
  const names = renamed(carried.map(([name]) => name), own);
  const id = found.columns.indexOf("id");
  for (const [i, row] of found.rows.entries()) {
    const result = found.results[i];
    if (!result && !found.why[i]) continue;
    const head = { id: (id >= 0 && row[id] !== undefined ? row[id] : String(i + 1)), text: row[found.column] ?? null };
    const said = result
      ? { labels: result.labels, scores: result.scores, prediction_set: result.prediction_set, domain_percentile: result.domain_percentile, in_domain: result.in_domain, truncated: result.truncated, hints: result.hints }
      : { problem: found.why[i] };
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

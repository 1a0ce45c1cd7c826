// tables: sort, search, copy
const collator = new Intl.Collator("en", { numeric: true });
const order = (table, index, falling) => {
  const body = table.tBodies[0];
  const keyed = [...body.children].map((row) => {
    const { dataset, textContent } = row.children[index];
    return [row, dataset.sort ?? dataset.v, textContent];
  });
  const numeric = keyed.some(([, number]) => number !== undefined);
  const turn = falling ? -1 : 1;
  keyed.sort(([, x, one], [, y, other]) => {
    if (!numeric) return turn * collator.compare(one, other);
    if (x === undefined || y === undefined) return (x === undefined) - (y === undefined); // what is missing stays below
    return turn * (x - y);
  });
  const next = body.nextSibling;
  body.remove(); // thousands of rows that move within the page would take seconds
  keyed.forEach(([row]) => body.append(row));
  table.insertBefore(body, next);
};
const sortable = (head, table) => {
  const words = head.textContent;
  const sort = make("button", words, { type: "button" });
  head.replaceChildren(sort);
  sort.addEventListener("click", () => {
    const before = head.getAttribute("aria-sort");
    const falling = before ? before === "ascending" : head.classList.contains("n");
    all("thead th", table).forEach((other) => other.removeAttribute("aria-sort"));
    head.setAttribute("aria-sort", falling ? "descending" : "ascending");
    order(table, head.cellIndex, falling);
    say(`Sorted by ${words}, ${falling ? "descending" : "ascending"}.`);
  });
};
const quoted = (words) => (/[",\r\n]/.test(words) ? `"${words.replaceAll('"', '""')}"` : words);
// A text that begins like a formula would run in a spreadsheet: an apostrophe stops it.
const harmless = (words) => (/^'*[\s\0]*[=+\-@＝＋－＠]/.test(words) ? `'${words}` : words);
const ISOLATES = /[\u2066-\u2069]/g; // they keep names from turning their neighbours on the page
const BOUND = /^[≥≤]/; // known to be no smaller, or no larger: its number alone would say more
const csv = (table) => {
  const heads = [...table.tHead.rows[0].cells];
  const kept = heads.flatMap((head, index) => ("drawn" in head.dataset || !seen(head) ? [] : [index]));
  const field = (cell) => {
    const shown = cell.textContent.trim().replace(ISOLATES, "");
    if (cell.classList.contains("n") && shown === "–") return ""; // missing among numbers
    return quoted((BOUND.test(shown) ? undefined : cell.dataset.v) ?? harmless(shown));
  };
  const line = (row) => kept.map((index) => field(row.cells[index])).join(",");
  return [table.tHead.rows[0], ...all("tbody tr", table).filter(seen)].map(line).join("\n") + "\n";
};
const copier = (table) => {
  const copying = button("Copy as CSV", async () => {
    const done = await copy(csv(table));
    say(done ? "Table copied as CSV." : "The browser does not allow it.");
    copying.textContent = done ? "Copied" : "Not allowed by the browser";
    setTimeout(() => { copying.textContent = "Copy as CSV"; }, 2000);
  });
  copying.title = "Copies the rows and columns that are shown";
  return copying;
};
all("table").forEach((table) => all("thead th:not([data-drawn])", table).forEach((head) => sortable(head, table)));
for (const tools of all("[data-table]")) {
  const table = document.getElementById(tools.dataset.table);
  if ("search" in tools.dataset) {
    tools.append(...search("Search", (words) => {
      const rows = all("tbody tr", table);
      for (const row of rows) row.hidden = !row.textContent.toLowerCase().includes(words);
      return `${rows.filter(seen).length} of ${rows.length} rows`;
    }));
  }
  if (!tools.closest("figure")) tools.append(copier(table)); // a figure's numbers are copied at its foot
  tools.hidden = !tools.hasChildNodes();
}

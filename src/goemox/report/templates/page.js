"use strict";
(() => {
  const all = (selector, root = document) => [...root.querySelectorAll(selector)];
  const said = document.getElementById("said");
  const say = (words) => { said.textContent = words; };

  const make = (tag, words, set = {}) => {
    const node = Object.assign(document.createElement(tag), set);
    if (words) node.textContent = words;
    return node;
  };
  const button = (words, act) => {
    const node = make("button", words, { type: "button", className: "quiet" });
    node.addEventListener("click", act);
    return node;
  };
  const save = (name, kind, text) => {
    const link = make("a", "", { href: URL.createObjectURL(new Blob([text], { type: kind })), download: name });
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 1000);
  };

  // light and dark
  const root = document.documentElement;
  const theme = document.getElementById("theme");
  const dark = () => (root.dataset.theme || (matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light")) === "dark";
  const nameTheme = () => { theme.textContent = dark() ? "Light" : "Dark"; theme.setAttribute("aria-label", theme.textContent + " colours"); };
  theme.hidden = false;
  theme.addEventListener("click", () => { root.dataset.theme = dark() ? "light" : "dark"; nameTheme(); });
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", nameTheme);
  nameTheme();

  // tables: sort, search, copy
  const value = (cell) => (cell.dataset.v === undefined ? null : Number(cell.dataset.v));
  const order = (table, index, falling) => {
    const body = table.tBodies[0];
    const rows = all("tr", body);
    const numeric = rows.some((row) => value(row.cells[index]) !== null);
    const compare = (one, other) => {
      const [a, b] = [one.cells[index], other.cells[index]];
      if (!numeric) return (falling ? -1 : 1) * a.textContent.localeCompare(b.textContent, "en");
      const [x, y] = [value(a), value(b)];
      if (x === null || y === null) return (x === null) - (y === null); // what is missing stays below
      return falling ? y - x : x - y;
    };
    body.append(...rows.sort(compare));
  };
  for (const table of all("table")) {
    all("thead th", table).forEach((head) => {
      if ("drawn" in head.dataset) return;
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
    });
  }
  const quoted = (words) => (/[",\n]/.test(words) ? `"${words.replaceAll('"', '""')}"` : words);
  // A text that begins like a formula would run in a spreadsheet: an apostrophe stops it.
  const harmless = (words) => (/^[=+\-@\t]/.test(words) ? `'${words}` : words);
  const csv = (table) => {
    const heads = [...table.tHead.rows[0].cells];
    const kept = heads.map((head, index) => index).filter((index) => !("drawn" in heads[index].dataset));
    const line = (row) => kept.map((index) => {
      const cell = row.cells[index];
      return quoted(cell.dataset.v ?? harmless(cell.textContent.trim()));
    }).join(",");
    return [table.tHead.rows[0], ...all("tbody tr", table).filter((row) => !row.hidden)].map(line).join("\n") + "\n";
  };
  const copy = async (text) => {
    try {
      await navigator.clipboard.writeText(text);
    } catch {
      const area = make("textarea", "", { value: text });
      document.body.append(area);
      area.select();
      document.execCommand("copy");
      area.remove();
    }
  };
  const search = (words, ask) => {
    const field = make("input", "", { type: "search", autocomplete: "off" });
    field.addEventListener("input", () => ask(field.value.trim().toLowerCase()));
    const label = make("label", words);
    label.append(field);
    return label;
  };
  for (const tools of all("[data-table]")) {
    const table = document.getElementById(tools.dataset.table);
    const rows = all("tbody tr", table);
    tools.hidden = false;
    if ("search" in tools.dataset) {
      tools.append(search("Search", (asked) => {
        rows.forEach((row) => { row.hidden = !row.textContent.toLowerCase().includes(asked); });
        say(`${rows.filter((row) => !row.hidden).length} of ${rows.length} rows shown.`);
      }));
    }
    tools.append(button("Copy as CSV", async () => { await copy(csv(table)); say("Table copied as CSV."); }));
  }

  // figures: one SVG file each, panels side by side, with the light colours written in
  const style = document.getElementById("picture-style").content.textContent;
  const space = "http://www.w3.org/2000/svg";
  const picture = (figure) => {
    const whole = document.createElementNS(space, "svg");
    const rules = document.createElementNS(space, "style");
    rules.textContent = style;
    whole.append(rules);
    let [x, height] = [12, 0];
    for (const panel of all("svg.chart:not(.cell)", figure)) {
      const copied = panel.cloneNode(true);
      const box = panel.viewBox.baseVal;
      const wide = box && box.width ? box.width : 640;
      const high = box && box.height ? box.height : Number(panel.getAttribute("height"));
      for (const [key, set] of Object.entries({ x, y: 12, width: wide, height: high })) copied.setAttribute(key, set);
      whole.append(copied);
      x += wide + 16;
      height = Math.max(height, high);
    }
    whole.setAttribute("viewBox", `0 0 ${x} ${height + 24}`);
    whole.setAttribute("width", x);
    whole.setAttribute("height", height + 24);
    return new XMLSerializer().serializeToString(whole);
  };
  for (const tools of all("[data-figure]")) {
    const key = tools.dataset.figure;
    tools.hidden = false;
    tools.append(button("Download SVG", () => {
      save(`${key}.svg`, "image/svg+xml", picture(document.getElementById(key)));
      say(`${key}.svg saved.`);
    }));
  }

  // examples: by domain and by words
  const bar = document.querySelector("[data-examples]");
  if (bar) {
    const domains = all("[data-domain]");
    const choose = make("select");
    choose.append(make("option", "all domains", { value: "" }));
    domains.forEach((domain) => choose.append(make("option", domain.querySelector("h3 bdi").textContent, { value: domain.dataset.domain })));
    let asked = "";
    const filter = () => {
      let shown = 0;
      for (const domain of domains) {
        domain.hidden = choose.value !== "" && choose.value !== domain.dataset.domain;
        const rows = all(".example", domain);
        rows.forEach((row) => { row.hidden = !row.textContent.toLowerCase().includes(asked); });
        if (!domain.hidden) shown += rows.filter((row) => !row.hidden).length;
      }
      say(`${shown} examples shown.`);
    };
    choose.addEventListener("change", filter);
    const label = make("label", "Domain");
    label.append(choose);
    bar.append(label, search("Search", (words) => { asked = words; filter(); }));
    bar.hidden = false;
  }
})();

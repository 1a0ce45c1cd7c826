// one choice of domain and label for every picture, table and example
const choices = document.getElementById("choices");
const selects = all("select", choices ?? document.createElement("div"));
const reset = document.getElementById("reset");
const REFERENCE = { domain: "in domain", label: "all labels" }; // what stays, to compare with
const sheet = new CSSStyleSheet();
document.adoptedStyleSheets = [sheet];
let chosen = {};
const other = (kind, name) => kind in chosen && name !== undefined && name !== chosen[kind] && name !== REFERENCE[kind];
const foreign = (node) => other("domain", node.dataset.domain) || other("label", node.dataset.label);
const words = () => Object.values(chosen).join(" and ");
// marks of others fade; a cell between two domains needs both, a cell between two labels one of them
const fading = () => {
  const is = (tag, name) => `[data-${tag}="${CSS.escape(name)}"]`;
  const not = (kind, tag) => `[data-${tag}]:not(${[chosen[kind], REFERENCE[kind]].map((name) => is(tag, name))})`;
  const rules = [];
  if (chosen.domain) rules.push(not("domain", "domain"), not("domain", "domain-across"));
  if (chosen.label) rules.push(`${not("label", "label")}:not(${is("label-across", chosen.label)})`);
  return rules.map((rule) => `.chart ${rule}{opacity:.15}`).join("");
};

// says in its place that a choice leaves nothing there
const tell = (place, nothing, said) => {
  if (place.nextElementSibling?.classList.contains("nothing")) place.nextElementSibling.remove();
  if (nothing) place.after(make("p", said, { className: "note nothing" }));
};

const pictures = () => {
  for (const panel of all(".panel")) panel.classList.toggle("off", foreign(panel.querySelector("svg")));
  for (const more of all("details.more")) {
    const panels = all(".panel", more);
    const left = panels.filter(seen).length;
    more.dataset.was ??= more.open ? "open" : "";
    more.open = left < panels.length ? left > 0 : more.dataset.was === "open";
    if (left === panels.length) delete more.dataset.was;
    more.classList.toggle("off", left === 0);
    more.querySelector("summary").textContent = `${left === panels.length ? "" : `${left} of `}${panels.length} more panels`;
  }
  const missed = (figure) => Object.entries(chosen).some(([kind, name]) => {
    const named = all(`svg[data-${kind}], svg [data-${kind}]`, figure).map((mark) => mark.dataset[kind]);
    return named.some((one) => other(kind, one)) && !named.includes(name);
  });
  for (const figure of all("figure")) {
    const nothing = missed(figure) || !all(".panel", figure).some(seen);
    tell(figure.querySelector(".panels"), nothing, `Nothing here is about ${words()}.`);
  }
};

const filtered = all("table").map((table) => [table, all("thead th", table).flatMap((head) => {
  const kind = { Domain: "domain", Label: "label" }[head.textContent];
  return kind ? [[kind, head.cellIndex]] : [];
})]);
const tables = () => {
  for (const [table, kinds] of filtered.filter(([, kinds]) => kinds.length)) {
    const rows = all("tbody tr", table);
    for (const row of rows) {
      const named = kinds.map(([kind, index]) => [kind, row.cells[index]]);
      row.classList.toggle("off", named.some(([kind, cell]) => other(kind, cell.dataset.known ?? cell.textContent.trim())));
    }
    tell(table.parentElement, rows.every((row) => row.classList.contains("off")), `No row is about ${words()}.`);
  }
};

// what is looked for may stand behind a switch
const unfold = (some) => all("details.fold").forEach((fold) => { fold.open = some; });
const texts = () => {
  for (const part of all(".words[data-domain], .domain")) part.classList.toggle("off", foreign(part));
  for (const row of all(".example")) {
    row.classList.toggle("off", "label" in chosen && !all(".chip", row).some((chip) => chip.textContent === chosen.label));
  }
  unfold("label" in chosen);
  for (const domain of all(".domain")) {
    const none = all(".example", domain).every((row) => row.classList.contains("off"));
    tell(domain.querySelector(".cells"), none, `No text here is given ${chosen.label}.`);
  }
};

const apply = () => {
  chosen = Object.fromEntries(selects.filter((one) => one.value).map((one) => [one.name, one.value]));
  const some = "domain" in chosen || "label" in chosen;
  sheet.replaceSync(fading());
  pictures();
  tables();
  texts();
  reset.hidden = !some;
  say(some ? `Only ${words()} and what it is compared with is shown.` : "Everything is shown.");
  Object.assign(document.getElementById("chosen"), { textContent: said.textContent, hidden: !some });
};
const restore = () => {
  const asked = new URLSearchParams(location.hash.slice(1));
  if (!selects.some((one) => asked.has(one.name))) return;
  for (const one of selects) one.value = [...one.options].find((each) => each.value === asked.get(one.name))?.value ?? "";
  apply();
};
if (selects.length) {
  choices.hidden = false;
  const changed = () => {
    apply();
    history.replaceState(null, "", `#${new URLSearchParams(chosen)}`);
  };
  selects.forEach((one) => one.addEventListener("change", changed));
  reset.addEventListener("click", () => {
    selects.forEach((one) => { one.value = ""; });
    changed();
    selects[0].focus();
  });
  addEventListener("hashchange", restore);
  restore();
}

// examples by their words; the scores behind a switch name every label, and would make each text a hit
const bar = document.querySelector("[data-examples]");
if (bar) {
  const rows = all(".example");
  bar.append(search("Search", (asked) => {
    unfold(asked !== "" || "label" in chosen);
    const parts = (row) => [...row.children].filter((part) => !part.matches(".rest"));
    for (const row of rows) row.hidden = !parts(row).some((part) => part.textContent.toLowerCase().includes(asked));
    say(`${rows.filter((row) => seen(row) && seen(row.closest(".domain"))).length} of ${rows.length} examples shown.`);
  }));
  bar.hidden = false;
}

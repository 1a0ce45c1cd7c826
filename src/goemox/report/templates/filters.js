// one choice of domain and label for every picture, table and example
const choices = document.getElementById("choices");
const selects = all("select", choices ?? document.createElement("div"));
const reset = document.getElementById("reset");
const REFERENCE = { domain: "in domain", label: "all labels" }; // what stays, to compare with
const sheet = new CSSStyleSheet();
document.adoptedStyleSheets = [sheet];
const names = (one) => [...one.options].map((each) => each.value).slice(1);
const offered = Object.fromEntries(selects.map((one) => [one.name, names(one)]));
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

const named = (svg, kind) => [svg, ...all(`[data-${kind}]`, svg)].map((mark) => mark.dataset[kind])
  .filter((name) => offered[kind].includes(name));
const lacks = (svg, kind) => {
  const here = named(svg, kind);
  return here.length > 0 && !here.includes(chosen[kind]);
};
const UNDRAWN = { domain: "", label: ": too few texts, or not among the most frequent labels" };
// rows of others go, and leave no gap
const close = (svg) => {
  const { width, height } = svg.viewBox.baseVal ?? {};
  const high = svg.dataset.high ??= height || svg.getAttribute("height");
  let gone = 0;
  let part = svg.querySelector(":scope > g:is([data-domain], [data-label])");
  for (; part; part = part.nextElementSibling) {
    const off = foreign(part);
    give(part, { transform: `translate(0 ${-gone})`, visibility: off ? "hidden" : "visible" });
    if (off) gone += (part.nextElementSibling?.getBBox().y ?? high) - part.getBBox().y;
  }
  give(svg, width ? { viewBox: `0 0 ${width} ${high - gone}` } : { height: high - gone });
};
// what is not drawn has no place that could be measured: its turn comes once it is
const closeDrawn = (part) => all("svg.rows, svg.fluid:not(:has(> .grid))", part)
  .filter((svg) => svg.checkVisibility()).forEach(close);
document.addEventListener("toggle", (event) => closeDrawn(event.target), { capture: true });
// a panel that has labels or domains, but not the chosen one, goes; so does a figure about one other domain
const pictures = () => {
  for (const figure of all("figure:has(.panel > svg)")) {
    const svgs = all(".panel > svg", figure);
    const [{ dataset: { domain } }] = svgs;
    figure.classList.toggle("off", other("domain", domain) && svgs.every((svg) => svg.dataset.domain === domain));
    const undrawn = [];
    let left = svgs;
    for (const kind of Object.keys(chosen)) {
      const before = left;
      left = before.filter((svg) => !lacks(svg, kind));
      const drawn = left.some((svg) => named(svg, kind).length);
      if (left.length < before.length && !drawn) undrawn.push(`This figure does not draw ${chosen[kind]}${UNDRAWN[kind]}.`);
    }
    for (const svg of svgs) svg.parentElement.classList.toggle("off", !left.includes(svg));
    figure.classList.toggle("undrawn", left.length === 0);
    tell(figure.querySelector(".reading"), undrawn.length, undrawn.join(" "));
  }
  for (const more of all("details.more")) {
    const panels = all(".panel", more);
    const left = panels.filter(seen).length;
    more.dataset.was ??= more.open ? "open" : "";
    const before = all(".panel", more.closest("figure")).filter((panel) => !more.contains(panel));
    const asked = left < panels.length || !before.some(seen); // for what stands here, and not before it
    more.open = asked ? left > 0 : more.dataset.was === "open";
    if (!asked) delete more.dataset.was;
    more.classList.toggle("off", left === 0);
    const summary = more.querySelector("summary");
    summary.dataset.all ??= summary.textContent; // with what is folded, where that has names
    summary.textContent = left === panels.length ? summary.dataset.all : `${left} of ${panels.length} more panels`;
  }
  closeDrawn(document);
};

const HOMELY = ["Set", "Other set"]; // where the in-domain set has a name of its own
// columns whose cells name a domain or label, and columns that are about a domain
const KINDS = { Domain: "domain", Set: "domain", "Other set": "domain", Label: "label", With: "label", "True label": "label" };
const owner = (head) => offered.domain?.filter((name) => `${head}, `.startsWith(`${name}, `))
  .sort((one, next) => next.length - one.length)[0];
const filtered = all("table").map((table) => {
  const heads = all("thead th", table).map((head) => [head.textContent, head.cellIndex]);
  const kinds = heads.filter(([words]) => words in KINDS).map(([words, index]) => [KINDS[words], index, HOMELY.includes(words)]);
  return [table, kinds, heads.map(([words, index]) => [owner(words), index]).filter(([name]) => name)];
});
const tables = () => {
  for (const [table, kinds, columns] of filtered) {
    if (!kinds.length && !columns.length) continue;
    const rows = all("tbody tr", table);
    const [sets, labels] = ["domain", "label"].map((wanted) => kinds.filter(([kind]) => kind === wanted));
    for (const row of rows) {
      const strange = ([kind, index, homely]) => {
        const name = row.cells[index].dataset.known ?? row.cells[index].textContent.trim();
        return other(kind, name) && (!homely || offered[kind].includes(name));
      };
      row.classList.toggle("off", sets.some(strange) || (labels.length > 0 && labels.every(strange)));
    }
    const split = columns.some(([name]) => name === chosen.domain); // else a heading only sounds like one
    for (const [name, index] of columns) {
      for (const row of table.rows) row.cells[index].classList.toggle("off", split && other("domain", name));
    }
    tell(table.parentElement, kinds.length && rows.every((row) => row.classList.contains("off")), `No row is about ${words()}.`);
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

// the address holds both: #section&domain=…&label=…
const place = (hash) => hash.slice(1).split("&")[0].replace(/.*=.*/, "");
const address = (section) => `#${[section, new URLSearchParams(chosen)].filter(String).join("&")}`;
const anchors = all('a[href^="#"]');
const go = () => {
  const section = location.hash.includes("&") && document.getElementById(place(location.hash));
  if (!section) return; // a plain one is the browser's to find
  section.tabIndex = -1;
  section.focus({ preventScroll: true });
  section.scrollIntoView();
};
const apply = () => {
  chosen = Object.fromEntries(selects.filter((one) => one.value).map((one) => [one.name, one.value]));
  const some = "domain" in chosen || "label" in chosen;
  sheet.replaceSync(fading());
  pictures();
  tables();
  texts();
  reset.hidden = !some;
  for (const one of anchors) give(one, { href: address(place(one.hash)) });
  for (const field of all(".tools input")) if (field.value) field.dispatchEvent(new Event("input"));
  say(some ? `Only ${words()} and what it is compared with is shown.` : "Everything is shown.");
  Object.assign(document.getElementById("chosen"), { textContent: said.textContent, hidden: !some });
};
const restore = () => {
  const asked = [...new URLSearchParams(location.hash.slice(1))];
  const next = Object.fromEntries(asked.filter(([kind, name]) => offered[kind]?.includes(name)));
  if (selects.some((one) => one.value !== (next[one.name] ?? ""))) {
    for (const one of selects) one.value = next[one.name] ?? "";
    apply();
  }
  go();
};
if (selects.length) {
  choices.hidden = false;
  const changed = () => {
    apply();
    history.replaceState(history.state, "", address(place(location.hash)));
  };
  selects.forEach((one) => one.addEventListener("change", changed));
  reset.addEventListener("click", () => {
    selects.forEach((one) => { one.value = ""; });
    changed();
    selects[0].focus();
  });
  addEventListener("hashchange", restore);
  for (const one of anchors) one.addEventListener("click", () => { if (one.hash === location.hash) go(); });
  restore();
}

// examples by their words; the scores behind a switch name every label, and would make each text a hit
const bar = document.querySelector("[data-examples]");
if (bar) {
  const rows = all(".example");
  bar.append(...search("Search", (asked) => {
    unfold(asked !== "" || "label" in chosen);
    const parts = (row) => [...row.children].filter((part) => !part.matches(".rest"));
    for (const row of rows) row.hidden = !parts(row).some((part) => part.textContent.toLowerCase().includes(asked));
    return `${rows.filter((row) => seen(row) && seen(row.closest(".domain"))).length} of ${rows.length} examples`;
  }));
  bar.hidden = false;
}

// what every part uses
const all = (selector, root = document) => [...root.querySelectorAll(selector)];
const said = document.getElementById("said");
const say = (words) => { said.textContent = words; };
const make = (tag, words, set = {}) => {
  const node = Object.assign(document.createElement(tag), set);
  if (words) node.textContent = words;
  return node;
};
const give = (node, set) => Object.entries(set).forEach(([key, value]) => node.setAttribute(key, value));
const button = (words, act) => make("button", words, { type: "button", className: "quiet", onclick: act });
const search = (words, ask) => {
  const label = make("label", words);
  const oninput = ({ target }) => ask(target.value.trim().toLowerCase());
  label.append(make("input", "", { type: "search", autocomplete: "off", oninput }));
  return label;
};
// A search takes rows away by `hidden`, the selectors by "off": a row must pass both.
const seen = (node) => !node.hidden && !node.classList.contains("off");
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
const save = (name, kind, text) => {
  const link = make("a", "", { href: URL.createObjectURL(new Blob([text], { type: kind })), download: name });
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 1000);
};

// light and dark
const root = document.documentElement;
const theme = document.getElementById("theme");
const system = matchMedia("(prefers-color-scheme: dark)");
const dark = () => (root.dataset.theme || (system.matches ? "dark" : "light")) === "dark";
const turn = (next) => {
  if (next) root.dataset.theme = next;
  theme.textContent = dark() ? "Light" : "Dark";
  give(theme, { "aria-label": `${theme.textContent} colours` });
};
theme.hidden = false;
theme.addEventListener("click", () => turn(dark() ? "light" : "dark"));
system.addEventListener("change", () => turn());
turn();

// a page of very many pictures opens with what is in view; the rest is laid out when there is time
const idle = window.requestIdleCallback ?? setTimeout;
const sections = all("main > section");
const upper = (section) => section.getBoundingClientRect().top;
const lay = (place) => {
  const read = sections.findLast((one) => upper(one) <= innerHeight / 2) ?? sections[0];
  const before = upper(read);
  sections[place].classList.add("laid");
  if (upper(read) !== before) scrollBy({ top: upper(read) - before });
  if (place + 1 < sections.length) idle(() => lay(place + 1));
};
if (location.hash) sections.forEach((one) => one.classList.add("laid"));
else addEventListener("load", () => idle(() => lay(0)));

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
// a field and, beside it, how much was found; `ask` says so
const search = (words, ask) => {
  const label = make("label", words);
  const found = make("span", "", { className: "muted" });
  const oninput = ({ target }) => {
    const asked = target.value.trim().toLowerCase();
    const hits = ask(asked);
    found.textContent = asked && hits;
    say(`${hits} shown.`);
  };
  label.append(make("input", "", { type: "search", autocomplete: "off", oninput }));
  return [label, found];
};
// A search takes rows away by `hidden`, the selectors by "off": a row must pass both.
const seen = (node) => !node.hidden && !node.classList.contains("off");
const copy = async (text) => {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch { // a page that lies on disk, in some browsers
    const had = document.activeElement;
    const area = make("textarea", "", { value: text });
    document.body.append(area);
    area.select();
    const done = document.execCommand("copy");
    area.remove();
    had?.focus({ preventScroll: true });
    return done;
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
const kept = (...next) => { // some browsers keep nothing of a page that lies on disk
  try {
    return next.length ? localStorage.setItem("goemox-theme", next[0]) : localStorage.getItem("goemox-theme");
  } catch {
    return null;
  }
};
const turn = (next) => {
  if (next) root.dataset.theme = next;
  theme.textContent = dark() ? "Light" : "Dark";
  give(theme, { "aria-label": `${theme.textContent} colours` });
};
theme.hidden = false;
theme.addEventListener("click", () => {
  turn(dark() ? "light" : "dark");
  kept(root.dataset.theme);
});
system.addEventListener("change", () => turn());
turn(["light", "dark"].find((each) => each === kept()));

// a page of very many pictures opens with what is in view; the rest is laid out when there is time, or soon
const idle = window.requestIdleCallback ? (call) => requestIdleCallback(call, { timeout: 300 }) : setTimeout;
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

// the bar marks the section that is read
const links = all(".bar a");
const mark = () => {
  const end = scrollY > 0 && scrollY + innerHeight >= root.scrollHeight - 2;
  const read = end ? sections.length - 1 : sections.findLastIndex((one) => upper(one) <= innerHeight / 3);
  const link = links[Math.max(0, read)];
  if (!link || link.hasAttribute("aria-current")) return;
  links.forEach((one) => one.removeAttribute("aria-current"));
  give(link, { "aria-current": "location" });
  const list = link.closest("ol");
  list.scrollLeft += link.getBoundingClientRect().left - list.getBoundingClientRect().left - list.clientWidth / 3;
};
addEventListener("scroll", mark, { passive: true });
addEventListener("load", mark);

// a box that can be scrolled on fades where it is cut
const boxes = ".scroll, .bar ol, .panel";
const cue = (box) => {
  const right = box.scrollWidth - box.clientWidth - box.scrollLeft;
  const below = box.scrollHeight - box.clientHeight - box.scrollTop;
  for (const [side, more] of Object.entries({ left: box.scrollLeft, right, below })) {
    box.classList.toggle(`more-${side}`, more > 2);
  }
};
const resized = new ResizeObserver((sizes) => sizes.forEach(({ target }) => cue(target.closest(boxes))));
for (const box of all(boxes)) {
  [box, box.firstElementChild].forEach((one) => resized.observe(one));
  box.addEventListener("scroll", () => cue(box), { passive: true });
}

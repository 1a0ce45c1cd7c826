// Small things that every part of the page needs. Texts are only ever set as text, never as HTML.
export const get = (id) => document.getElementById(id);

// an element with properties, attributes (aria-…, data-…, role) and children
export const make = (tag, options = {}, ...children) => {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(options)) {
    if (value === undefined || value === null || value === false) continue;
    if (name in node && !name.includes("-")) node[name] = value;
    else node.setAttribute(name, value === true ? "" : value);
  }
  node.append(...children.filter((child) => child !== null && child !== undefined));
  return node;
};

export const show = (node, isShown) => { node.hidden = !isShown; };

// said to screen readers, once things are quiet
let saying;
export const say = (words) => {
  clearTimeout(saying);
  saying = setTimeout(() => { get("said").textContent = words; }, 700);
};

// `act` once nobody has called for `wait` milliseconds
export const settled = (act, wait) => {
  let timer;
  const soon = (...given) => {
    clearTimeout(timer);
    timer = setTimeout(act, wait, ...given);
  };
  soon.cancel = () => clearTimeout(timer);
  return soon;
};

// the way of pages that came by plain http from another machine, which have no clipboard
const copiedByHand = (text) => {
  const had = document.activeElement;
  const area = make("textarea", { value: text, className: "unseen", "aria-hidden": "true" });
  document.body.append(area);
  area.select();
  const isDone = document.execCommand("copy");
  area.remove();
  had?.focus();
  return isDone;
};

export const copied = async (button, text) => {
  const was = button.dataset.was ??= button.textContent;
  let isDone = true;
  try { await navigator.clipboard.writeText(text); } catch { isDone = copiedByHand(text); }
  button.textContent = isDone ? "Copied" : "Not allowed by the browser";
  get("said").textContent = button.textContent;
  setTimeout(() => { button.textContent = was; }, 1600);
};

// the keys of a field: Ctrl Enter reads at once, Ctrl Z brings back what was cleared; undo() tells whether anything was
export const withKeys = (field, read, undo) => field.addEventListener("keydown", (event) => {
  if (!event.ctrlKey && !event.metaKey) return;
  if (event.key === "Enter") { event.preventDefault(); read(); }
  if (event.key === "z" && undo()) event.preventDefault();
});

// characters as the server counts them: code points, not UTF-16
export const length = (text) => {
  let n = 0;
  for (const _ of text) n += 1;
  return n;
};

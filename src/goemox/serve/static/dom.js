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

export const copied = async (button, text) => {
  const was = button.dataset.was ??= button.textContent;
  try {
    await navigator.clipboard.writeText(text);
    button.textContent = "Copied";
  } catch {
    button.textContent = "Not allowed: select and copy";
  }
  get("said").textContent = button.textContent;
  setTimeout(() => { button.textContent = was; }, 1600);
};

// characters as the server counts them: code points, not UTF-16
export const length = (text) => {
  let n = 0;
  for (const _ of text) n += 1;
  return n;
};

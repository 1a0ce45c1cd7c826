// The page: three ways to ask one model, a link that brings a text back, and what holds them together.
import { labels, model as askModel } from "./api.js";
import { codePanel } from "./code.js";
import { comparePanel } from "./compare.js";
import { copied, get, make, show } from "./dom.js";
import { filePanel } from "./file.js";
import { calm, trouble, withToken } from "./problem.js";
import { textPanel } from "./text.js";
import { number } from "./words.js";

const EXAMPLES = [
  ["thanks", "Thank you so much, I was stuck for hours and this fixed it!"],
  ["two at once", "I love this, but why does it crash? I am so confused."],
  ["sorry", "Sorry everyone, I broke the build again. This is so embarrassing."],
  ["angry", "This is so annoying, it makes me angry every single time."],
  ["a headline", "Postgres 17: logical replication slots survive a failover"],
  ["not English", "Vielen Dank, das hat mir wirklich sehr geholfen!"],
];
const MODES = ["text", "compare", "file"];
document.documentElement.dataset.begun = "yes"; // see loaded.js

const panels = {}; // by mode, once the model is known
let drawCode = () => {};
const tabs = MODES.map((mode) => get(`tab-${mode}`));
let mode = "text";
const choose = (name, isFocused) => {
  const isOther = name !== mode && document.documentElement.dataset.ready;
  if (isOther) calm();
  mode = name;
  for (const tab of tabs) {
    const isOn = tab.id === `tab-${name}`;
    tab.setAttribute("aria-selected", isOn);
    tab.tabIndex = isOn ? 0 : -1;
    if (isOn && isFocused) tab.focus();
    show(get(`panel-${tab.id.slice(4)}`), isOn);
  }
  show(get("code"), name !== "file");
  if (isOther) { drawCode(); panels[name].resume?.(); }
};
// by hand: the address keeps it over a reload; texts of a link that were there are not what is meant any more
const turned = (name, isFocused) => {
  choose(name, isFocused);
  history.replaceState(null, "", name === "text" ? location.pathname + location.search : `#${name}`);
};
for (const [i, tab] of tabs.entries()) {
  tab.addEventListener("click", () => turned(MODES[i]));
  tab.addEventListener("keydown", (event) => {
    const to = { ArrowRight: i + 1, ArrowLeft: i - 1, Home: 0, End: MODES.length - 1 }[event.key];
    if (to === undefined) return;
    event.preventDefault();
    turned(MODES[(to + MODES.length) % MODES.length], true);
  });
}

// the texts in the address: after #, which browsers send to nobody
const linked = (texts) => {
  const keys = texts.length === 2 ? ["a", "b"] : ["text"];
  const pairs = texts.map((text, i) => [keys[i], text]).filter(([, text]) => text);
  return `${location.origin}${location.pathname}#${new URLSearchParams(pairs)}`;
};

const restore = () => {
  const given = new URLSearchParams(location.hash.slice(1));
  if (MODES.includes(location.hash.slice(1))) choose(location.hash.slice(1));
  if (given.has("a") || given.has("b")) {
    choose("compare");
    panels.compare.set(given.get("a") ?? "", given.get("b") ?? "");
  } else if (given.has("text")) {
    choose("text");
    panels.text.set(given.get("text"));
  }
};

// a file dropped anywhere on the page is meant for us, not for the browser
const dropping = (file) => {
  const isFile = (event) => [...(event.dataTransfer?.types ?? [])].includes("Files");
  const over = (isOver) => document.body.classList.toggle("over", isOver);
  addEventListener("dragover", (event) => {
    if (!isFile(event)) return;
    event.preventDefault();
    if (!file.isRunning) over(true);
  });
  addEventListener("dragleave", (event) => { if (!event.relatedTarget) over(false); });
  addEventListener("drop", (event) => {
    over(false);
    if (!isFile(event)) return;
    event.preventDefault();
    if (file.isRunning) return;
    turned("file");
    file.open(event.dataTransfer.files[0]);
  });
  // rows copied from a spreadsheet, where no field is meant
  addEventListener("paste", (event) => {
    const text = event.clipboardData.getData("text/plain");
    if (mode === "file" && text && !event.target.closest("input, textarea")) file.paste(text);
  });
};

const begin = (model, cuts) => {
  const names = cuts.map((each) => each.label);
  const thresholds = Object.fromEntries(cuts.filter((each) => each.threshold !== null).map((each) => [each.label, each.threshold]));
  const changed = () => drawCode();
  drawCode = codePanel(() => panels[mode]?.texts ?? []);
  panels.text = textPanel(model, names, thresholds, changed);
  panels.compare = comparePanel(model, names, thresholds, changed);
  panels.file = filePanel(model, names, thresholds, (text) => {
    turned("text");
    panels.text.set(text);
    get("text").focus();
    scrollTo(0, 0);
  });
  dropping(panels.file);
  show(get("intro-calibrated"), model.calibrated);
  get("model-facts").textContent = `${model.name}: ${[
    `${names.length} labels`,
    ...(model.parameters ? [`${number(Number((model.parameters / 1e6).toPrecision(3)))} million parameters`] : []),
    model.calibrated ? "calibrated" : "not calibrated",
  ].join(", ")}.`;
  get("examples").append(...EXAMPLES.map(([name, text]) => {
    const button = make("button", { type: "button", className: "chip", textContent: name, title: text });
    button.addEventListener("click", () => { panels.text.set(text); get("text").focus(); });
    return button;
  }));
  for (const button of document.querySelectorAll(".copy-link")) {
    button.addEventListener("click", () => copied(button, linked(panels[mode].linked)));
  }
  addEventListener("hashchange", restore);
  // what was typed before the model answered, or kept by the browser over a reload
  restore();
  if (!location.hash.includes("=")) for (const kept of [panels.text, panels.compare]) kept.refresh();
  document.documentElement.dataset.ready = "yes";
};

let opening; // one question at a time, however often it is asked for
const open = () => {
  opening ??= Promise.all([askModel(), labels()]).then(([model, { labels: cuts }]) => {
    calm();
    begin(model, cuts);
  }).catch((refusal) => {
    opening = undefined;
    trouble(refusal, open);
  });
};
withToken(open);

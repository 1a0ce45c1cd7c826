// One text: read as it is typed, with what each number means and the words that carry each label.
import { explain, latest, predict } from "./api.js";
import { hasKinds, labelRows } from "./bars.js";
import { copied, get, length, make, say, settled, show, withKeys } from "./dom.js";
import { coloured, inWords } from "./evidence.js";
import { drawGauge } from "./gauge.js";
import { calm, trouble } from "./problem.js";
import { asText, listed, meaning, number, oddities, plural, promised } from "./words.js";

const MOST = 10_000; // characters of a text, as the server has it
const MOST_EXPLAINED = 2_000;
const READ_MS = 110;
const EXPLAIN_MS = 320;
const IDLE = "Read as you type";

// what is told while a text cannot be sent; "" where it can
export const unfit = (text) => {
  const n = length(text);
  return n > MOST ? `${number(n)} characters: at most ${number(MOST)} are read. Shorten it.` : "";
};

export const textPanel = (model, names, thresholds, changed) => {
  const field = get("text");
  const composer = field.closest(".composer");
  const reading = latest();
  const explaining = latest();
  const rows = labelRows(get("labels"), () => paint());
  let result; // of the text that was read last
  let words; // its evidence; undefined while it is not known
  let readText = "";
  let cleared = ""; // what "Undo clear" brings back

  const paint = () => {
    fill();
    const place = get("evidence");
    if (place.scrollHeight > place.clientHeight) place.tabIndex = 0; // so that the arrow keys scroll it
    else place.removeAttribute("tabindex");
  };

  const fill = () => {
    const { inked } = rows;
    get("evidence-label").replaceChildren(...inked.flatMap(([label, ink], i) => [
      i === 0 ? "" : i === inked.length - 1 ? " and " : ", ", make("span", { className: `inked ${ink}`, textContent: label })]));
    const place = get("evidence");
    const told = get("evidence-words");
    told.style.minHeight = rows.isLookedAt ? `${told.offsetHeight}px` : ""; // what lies below stays where it is
    if (inked.length && words) {
      place.replaceChildren(...coloured(readText, words, inked));
      told.replaceChildren(...inWords(words, inked));
      return;
    }
    place.textContent = readText;
    told.textContent = !inked.length ? "Check a label to see its words."
      : length(readText) > MOST_EXPLAINED ? `Words are looked for in texts of up to ${number(MOST_EXPLAINED)} characters.` : "Looking for them …";
  };

  const draw = () => {
    const isWhole = get("all-labels").checked;
    get("answer-labels").textContent = result.labels.length ? listed(result.labels) : "no label";
    get("answer-meaning").textContent = meaning(model, result, thresholds);
    get("answer-meaning").classList.toggle("careful", result.in_domain === false);
    rows.draw(result, thresholds, { isWhole, isByKind: get("by-kind").checked });
    show(get("by-kind-choice"), isWhole && hasKinds(names));
    drawGauge(get("gauge"), model, result);
    get("set-labels").textContent = result.prediction_set ? listed(result.prediction_set) : "";
    get("set-words").textContent = promised(model, result);
    get("oddities").replaceChildren(...oddities(model, result).map((each) => make("li", { textContent: each })));
    show(get("oddities"), get("oddities").children.length > 0);
    paint();
    show(get("intro"), false);
    show(get("answer"), true);
    get("answer").classList.remove("stale");
  };

  const evidence = async () => {
    const text = readText;
    if (!text || length(text) > MOST_EXPLAINED) return;
    try {
      const found = await explaining.ask((signal) => explain(text, names.slice(0, 1000), signal));
      if (!found || text !== readText) return;
      calm();
      words = found.words;
      paint();
    } catch (refusal) { trouble(refusal, evidence); }
  };
  const evidenceSoon = settled(evidence, EXPLAIN_MS);

  const read = async () => {
    const text = field.value;
    if (!text.trim() || unfit(text)) return;
    try {
      const found = await reading.ask((signal) => predict([text], signal));
      if (!found) return;
      calm();
      [result] = found.results;
      if (text !== readText) words = undefined;
      readText = text;
      composer.classList.remove("waiting");
      draw();
      say(`${listed(result.labels) || "no label"}. ${meaning(model, result, thresholds)}`);
      evidenceSoon();
    } catch (refusal) {
      composer.classList.remove("waiting");
      trouble(refusal, read);
    }
  };
  const readSoon = settled(read, READ_MS);

  const typed = () => {
    const text = field.value;
    const wrong = unfit(text);
    get("count").textContent = wrong || (text ? plural(length(text), "character") : IDLE);
    get("count").classList.toggle("wrong", Boolean(wrong));
    field.setAttribute("aria-invalid", wrong ? "true" : "false");
    const isSent = Boolean(text.trim()) && !wrong;
    if (text) cleared = "";
    show(get("text-tools"), Boolean(text));
    show(get("copy-result"), isSent);
    show(get("undo"), Boolean(cleared));
    changed();
    reading.stop();
    explaining.stop();
    evidenceSoon.cancel();
    composer.classList.toggle("waiting", isSent);
    if (isSent) { get("answer").classList.add("stale"); readSoon(); return; }
    show(get("answer"), false);
    show(get("intro"), !text.trim());
    calm();
    readSoon.cancel();
  };

  const set = (text) => { field.value = text; typed(); };
  const undo = () => {
    if (!cleared) return false;
    set(cleared);
    field.focus();
    return true;
  };

  field.addEventListener("input", typed);
  withKeys(field, () => { readSoon.cancel(); read(); }, undo);
  for (const id of ["all-labels", "by-kind"]) get(id).addEventListener("change", () => { if (result) draw(); });
  get("clear").addEventListener("click", () => { cleared = field.value; set(""); field.focus(); });
  get("undo").addEventListener("click", undo);
  get("copy-result").addEventListener("click", (event) => {
    if (result && readText === field.value) copied(event.currentTarget, asText(model, readText, result, thresholds));
  });
  show(get("tick-note"), Object.keys(thresholds).length > 0);
  get("all-labels-words").textContent = `Show all ${names.length} labels`;
  return {
    get texts() { return field.value.trim() ? [field.value] : []; },
    get linked() { return this.texts; },
    set,
    refresh: typed,
    // what was given up while another way to ask was open
    resume() {
      if (!field.value.trim() || unfit(field.value)) return;
      if (readText !== field.value || !result) typed();
      else if (!words) evidence();
    },
  };
};

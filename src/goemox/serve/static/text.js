// One text: read as it is typed, with what each number means and the words that carry each label.
import { explain, latest, predict } from "./api.js";
import { inkOf, labelRows } from "./bars.js";
import { get, length, make, say, settled, show } from "./dom.js";
import { coloured, inWords } from "./evidence.js";
import { drawGauge } from "./gauge.js";
import { calm, trouble } from "./problem.js";
import { listed, meaning, number, oddities, promised } from "./words.js";

const MOST = 10_000; // characters of a text, as the server has it
const MOST_EXPLAINED = 2_000;
const READ_MS = 110;
const EXPLAIN_MS = 420;

// what is told while a text cannot be sent; "" where it can
export const unfit = (text) => {
  const n = length(text);
  return n > MOST ? `${number(n)} characters: at most ${number(MOST)} are read. Shorten it.` : "";
};

export const textPanel = (model, names, thresholds, changed) => {
  const field = get("text");
  const reading = latest();
  const explaining = latest();
  const rows = labelRows(get("labels"), () => paint());
  let result; // of the text that was read last
  let words; // its evidence; undefined while it is not known
  let readText = "";

  const paint = () => {
    const label = rows.chosen;
    const place = get("evidence");
    place.className = `evidence ${inkOf(result.labels.indexOf(label))}`;
    get("evidence-label").textContent = label ?? "";
    get("evidence-label").className = inkOf(result.labels.indexOf(label));
    if (!label || !words) {
      place.textContent = readText;
      get("evidence-words").textContent = length(readText) > MOST_EXPLAINED
        ? `Words are looked for in texts of up to ${number(MOST_EXPLAINED)} characters.` : "Looking for them …";
      return;
    }
    place.replaceChildren(...coloured(readText, words, label));
    get("evidence-words").textContent = inWords(words, label);
  };

  const draw = () => {
    get("answer-labels").textContent = result.labels.length ? listed(result.labels) : "no label";
    get("answer-meaning").textContent = meaning(model, result);
    get("answer-meaning").classList.toggle("careful", result.in_domain === false);
    rows.draw(result, thresholds, get("all-labels").checked);
    drawGauge(get("gauge"), model, result);
    get("set-labels").textContent = result.prediction_set ? listed(result.prediction_set) : "";
    get("set-words").textContent = promised(model, result);
    get("oddities").replaceChildren(...oddities(model, result).map((each) => make("li", { textContent: each })));
    show(get("oddities"), get("oddities").children.length > 0);
    paint();
    show(get("answer"), true);
    get("answer").classList.remove("stale");
    say(`${listed(result.labels) || "no label"}. ${meaning(model, result)}`);
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
      draw();
      evidenceSoon();
    } catch (refusal) { trouble(refusal, read); }
  };
  const readSoon = settled(read, READ_MS);

  const typed = () => {
    const text = field.value;
    const wrong = unfit(text);
    get("count").textContent = wrong || (text ? `${number(length(text))} characters` : "");
    get("count").classList.toggle("wrong", Boolean(wrong));
    field.setAttribute("aria-invalid", wrong ? "true" : "false");
    show(get("text-tools"), Boolean(text));
    show(get("intro"), !text.trim());
    changed();
    reading.stop();
    explaining.stop();
    if (!text.trim() || wrong) { show(get("answer"), false); calm(); readSoon.cancel(); return; }
    get("answer").classList.add("stale");
    readSoon();
  };

  field.addEventListener("input", typed);
  get("all-labels").addEventListener("change", () => { if (result) draw(); });
  get("clear").addEventListener("click", () => { field.value = ""; typed(); field.focus(); });
  show(get("tick-note"), Object.keys(thresholds).length > 0);
  get("all-labels-words").textContent = `Show all ${names.length} labels`;
  return {
    get texts() { return field.value.trim() ? [field.value] : []; },
    set(text) { field.value = text; typed(); },
    refresh: typed,
  };
};

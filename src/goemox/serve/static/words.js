// Numbers in sentences. What is said of a text depends on how far its numbers may be believed.
export const number = (value) => value.toLocaleString("en");
export const plural = (n, one, many = `${one}s`) => `${number(n)} ${n === 1 ? one : many}`;

export const listed = (names) => {
  if (names.length < 2) return names.join("");
  return `${names.slice(0, -1).join(", ")} and ${names.at(-1)}`;
};

// a share in [0, 1] as a percentage: whole from 10 to 99, one decimal towards the ends
export const percent = (share) => {
  const hundredth = 100 * share;
  if (hundredth > 0 && hundredth < 0.05) return "<0.1\u00a0%";
  if (hundredth < 100 && hundredth >= 99.95) return ">99.9\u00a0%";
  const digits = hundredth === 0 || hundredth === 100 || (hundredth >= 9.95 && hundredth <= 99) ? 0 : 1;
  return `${hundredth.toFixed(digits)}\u00a0%`;
};

// the same as the number that it shows
export const points = (share) => {
  const shown = Number.parseFloat(percent(share));
  return Number.isNaN(shown) ? Math.round(100 * share) : shown; // beyond the ends: 0 or 100
};

const ofHundred = (p) => {
  const n = Math.round(100 * p);
  return n < 1 ? "fewer than 1" : n > 99 ? "nearly all" : `about ${n}`;
};

// what the model learned from, as a noun; only of the bundled model's data is more known than a name
export const home = (model) =>
  model.promise?.population.includes("GoEmotions") ? "Reddit comments" : "texts";

export const isForeign = (result) => Boolean(result.language && result.language.code !== "en");

export const believable = (model, result) =>
  model.calibrated && result.in_domain !== false && !result.hints.length && !isForeign(result);

// whether the one label is given only because none passes its threshold
export const isNearest = (result, thresholds) => {
  const [label] = result.labels;
  return result.labels.length === 1 && thresholds[label] !== undefined && result.scores[label] < thresholds[label];
};

// the chosen labels, with how often they are right, or why not to say so
export const meaning = (model, result, thresholds) => {
  if (!result.labels.length) return "No label passes its threshold.";
  const nearest = isNearest(result, thresholds) ? "No label passes its threshold; this is the most probable one. " : "";
  if (believable(model, result) && model.activation === "sigmoid") {
    const each = result.labels.map((name, i) => {
      const n = ofHundred(result.scores[name]);
      return i ? `${n} ${name}` : `${n} carry ${name}`;
    });
    return `${nearest}Of 100 such ${home(model) === "texts" ? "texts" : "comments"}, ${listed(each)}.`;
  }
  return `${nearest}Treat the numbers as a ranking: ${why(model, result)}`;
};

const why = (model, result) => {
  if (model.caveat) return `${model.caveat}.`;
  if (!model.calibrated) return "this model was never calibrated.";
  if (result.in_domain === false) {
    return `so far from the ${home(model)} it learned from, “37\u00a0%” need not mean 37 of 100.`;
  }
  return "it learned from texts of another kind.";
};

const ORDINALS = new Intl.PluralRules("en", { type: "ordinal" });

// a percentile as an ordinal, 0th to 99th
export const rank = (percentile) => {
  const n = Math.min(99, Math.round(percentile));
  return `${n}${{ one: "st", two: "nd", few: "rd", other: "th" }[ORDINALS.select(n)]}`;
};

// how far the text lies from what the model learned from: a sentence
export const distance = (model, result) => {
  const percentile = result.domain_percentile;
  if (percentile === null) return "This model does not know how far a text lies from what it learned from.";
  const share = percent(Math.min(percentile, 99.9) / 100);
  if (result.in_domain) {
    return `Like the ${home(model)} it learned from: ${share} of them lie closer, ${percent(1 - percentile / 100)} farther out.`;
  }
  return `Unlike the ${home(model)} it learned from: ${rank(percentile)} percentile, farther out than ${share} of them.`;
};

// the prediction set with its promise, or why there is none
export const promised = (model, result) => {
  if (!model.promise) return "This model makes no promise about sets of labels.";
  const alpha = percent(model.promise.alpha);
  const population = model.promise.population.replace("exchangeable with", "drawn like those of");
  if (result.prediction_set) return `Such sets miss at most ${alpha} of the true labels on average, for ${population}.`;
  if (result.in_domain === false) {
    return `None is promised here: the promise (missing at most ${alpha} of the true labels on average) is for ${population}, and this text lies too far out.`;
  }
  return `None is promised here: ${result.why_no_set}.`;
};

const HINTS = {
  code: "This looks like code or a stack trace; the model reads comments.",
  address_only: "There is nothing but a web address here.",
  other_script: "Most letters here are not Latin; the model reads English.",
  without_letters: "There is no letter here: numbers, signs or emoji alone.",
  title_only: "This is a title without a body.",
  not_english: "This does not seem to be English; the model reads English.",
};
const SAME = ["not_english", "other_script"]; // said better where the language has a name

const NAMES = new Intl.DisplayNames("en", { type: "language" });
const foreign = ({ language: { code, probability } }) => {
  const name = NAMES.of(code);
  const guess = name === code || probability < 0.5 ? "" : `${probability < 0.95 ? "probably " : ""}${name}, `;
  return `This is ${guess}not English; the model reads English.`;
};

// what is odd about the text, one sentence each
export const oddities = (model, result) => [
  ...(isForeign(result) ? [foreign(result)] : []),
  ...result.hints.filter((name) => !isForeign(result) || !SAME.includes(name)).map((name) => HINTS[name] ?? name.replaceAll("_", " ")),
  ...(result.truncated ? [`Longer than the model reads: all after ${number(model.max_length)} tokens was left out; goemox predict --long-text chunk reads all of it.`] : []),
];

// all of it as plain text, for the clipboard
export const asText = (model, text, result, thresholds) => [
  text, "",
  ...result.labels.map((name) => `${name} ${percent(result.scores[name])}${thresholds[name] === undefined ? "" : ` (given from ${percent(thresholds[name])})`}`),
  meaning(model, result, thresholds), distance(model, result),
  ...(result.prediction_set ? [`Set: ${listed(result.prediction_set)}. ${promised(model, result)}`] : [promised(model, result)]),
  ...oddities(model, result), `${model.name}, ${model.sha256.slice(0, 12)}`, "",
].join("\n").replaceAll("\u00a0", " ");

// Wilson's interval of a share at 95 %
export const wilson = (hits, n) => {
  if (!n) return [0, 1];
  const z = 1.959964;
  const p = hits / n;
  const middle = p + z * z / (2 * n);
  const half = z * Math.sqrt(p * (1 - p) / n + z * z / (4 * n * n));
  const below = 1 + z * z / n;
  return [Math.max(0, (middle - half) / below), Math.min(1, (middle + half) / below)];
};

// The text again, each word as deep in the label's colour as the label loses when the word is taken away.
import { make } from "./dom.js";
import { listed } from "./words.js";

const SEEN_FROM = 0.01;
const PALEST = 0.08; // of the strongest effect: what is weaker is not marked
const LEAST_SCALE = 0.15; // effects below stay pale, even where nothing is stronger
const NAMED = 4;

const points = (effect) => `${effect > 0 ? "+" : "−"}${Math.max(1, Math.round(100 * Math.abs(effect)))}`;

// the text in pieces: words with an effect as marks, all else as it is. Places are code points, not UTF-16.
export const coloured = (text, words, label) => {
  const signs = Array.from(text);
  const scale = Math.max(LEAST_SCALE, ...words.map((word) => Math.abs(word.effect[label])));
  const pieces = [];
  let end = 0;
  for (const word of words) {
    const effect = word.effect[label];
    if (Math.abs(effect) < Math.max(SEEN_FROM, PALEST * scale)) continue;
    pieces.push(signs.slice(end, word.start).join(""));
    const mark = make("span", {
      className: effect > 0 ? "for" : "against", textContent: signs.slice(word.start, word.end).join(""),
      title: `${label} ${points(effect)} points with it`,
    });
    mark.style.setProperty("--share", (Math.abs(effect) / scale).toFixed(3));
    pieces.push(mark);
    end = word.end;
  }
  pieces.push(signs.slice(end).join(""));
  return pieces;
};

// the same for those who do not see colours
export const inWords = (words, label) => {
  const strong = (sign) => words
    .filter((word) => sign * word.effect[label] >= SEEN_FROM)
    .sort((a, b) => sign * (b.effect[label] - a.effect[label]))
    .slice(0, NAMED)
    .map((word) => `“${word.word}” (${points(word.effect[label])})`);
  const carrying = strong(1);
  const against = strong(-1);
  const first = carrying.length ? `Carried by ${listed(carrying)}.` : "No single word carries it.";
  return `${first}${against.length ? ` Less for ${listed(against)}.` : ""}`;
};

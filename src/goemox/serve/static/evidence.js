// The text again, each word as deep in a label's colour as the label loses when the word is taken away.
import { make } from "./dom.js";

const SEEN_FROM = 0.01;
const PALEST = 0.08; // of the strongest effect: what is weaker is not marked
const LEAST_SCALE = 0.15; // effects below stay pale, even where nothing is stronger
const NAMED = 4;

const points = (effect) => `${effect > 0 ? "+" : "−"}${Math.round(100 * Math.abs(effect))}`;

// the text in pieces: words with an effect as marks, all else as it is. Places are code points, not UTF-16.
// inked: [label, ink] of those to colour; a word takes the ink of the label that it carries most.
// What speaks against a label is marked only where that label stands alone.
export const coloured = (text, words, inked) => {
  const signs = Array.from(text);
  const size = (effect) => (inked.length === 1 ? Math.abs(effect) : effect);
  const strongest = (word) => inked.reduce((best, each) => (size(word.effect[each[0]]) > size(word.effect[best[0]]) ? each : best));
  const scale = Math.max(LEAST_SCALE, ...words.flatMap((word) => inked.map(([label]) => size(word.effect[label]))));
  const pieces = [];
  let end = 0;
  for (const word of words) {
    const [label, ink] = strongest(word);
    const effect = word.effect[label];
    if (size(effect) < Math.max(SEEN_FROM, PALEST * scale)) continue;
    pieces.push(signs.slice(end, word.start).join(""));
    const mark = make("span", {
      className: `${effect > 0 ? "for" : "against"} ${ink}`, textContent: signs.slice(word.start, word.end).join(""),
      title: inked.filter(([name]) => Math.abs(word.effect[name]) >= SEEN_FROM)
        .map(([name]) => `${name} ${points(word.effect[name])}`).join(", "),
    });
    mark.style.setProperty("--share", (size(effect) / scale).toFixed(3));
    pieces.push(mark);
    end = word.end;
  }
  pieces.push(signs.slice(end).join(""));
  return pieces;
};

// one after the other
const several = (nodes) => nodes.flatMap((node, i) => [i === 0 ? "" : i === nodes.length - 1 ? " and " : ", ", node].filter(Boolean));

// the same for those who do not see colours: a paragraph for each label
export const inWords = (words, inked) => inked.map(([label, ink]) => {
  const strong = (sign) => several(words
    .filter((word) => sign * word.effect[label] >= SEEN_FROM)
    .sort((a, b) => sign * (b.effect[label] - a.effect[label]))
    .slice(0, NAMED)
    .map((word) => make("span", {}, "“", make("bdi", { textContent: word.word }), `” (${points(word.effect[label])})`)));
  const [carrying, against] = [strong(1), strong(-1)];
  const who = inked.length > 1 ? [make("b", { className: ink, textContent: label }), " is carried by "] : ["Carried by "];
  const none = inked.length > 1 ? [make("b", { className: ink, textContent: label }), " is carried by no single word."] : ["No single word carries it."];
  return make("p", {}, ...(carrying.length ? [...who, ...carrying, "."] : none),
    ...(against.length ? [" Less for ", ...against, "."] : []));
});

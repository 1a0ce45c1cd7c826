// How far a text lies from what the model learned from: a scale of percentiles with the accepted part.
import { make, show } from "./dom.js";
import { distance } from "./words.js";

// a place on the scale, which leaves room for the mark at both ends
const along = (percentile) => `calc(.55rem + (100% - 1.1rem) * ${percentile / 100})`;

export const drawGauge = (place, model, result) => {
  const percentile = result.domain_percentile;
  const words = make("p", { className: "told", textContent: distance(model, result) });
  if (percentile === null) { place.replaceChildren(words); return; }
  const accepted = make("span", { className: "accepted" });
  accepted.style.width = along(model.domain_accepted ?? 95);
  const here = make("span", { className: "here" });
  here.style.left = along(percentile);
  const scale = make("div", { className: `gauge${result.in_domain ? "" : " outside"}`, "aria-hidden": "true" }, accepted, here);
  const ends = make("p", { className: "ends muted", "aria-hidden": "true" },
    make("span", { textContent: "like them" }), make("span", { textContent: "unlike them" }));
  place.replaceChildren(words, scale, ends);
  show(place, true);
};

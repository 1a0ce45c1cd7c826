// figures: one SVG file each, panels side by side, with the light colours written in; their numbers as CSV
const style = document.getElementById("picture-style").content.textContent;
const space = "http://www.w3.org/2000/svg";
const picture = (figure) => {
  const whole = document.createElementNS(space, "svg");
  whole.append(document.createElementNS(space, "style"));
  whole.firstChild.textContent = style + fading();
  let [x, height] = [12, 0];
  for (const panel of all(".panel:not(.off) svg.chart:not(.cell)", figure)) {
    const copied = panel.cloneNode(true);
    const box = panel.viewBox.baseVal ?? {}; // none where the drawing is as wide as its place
    const [wide, high] = [box.width || 640, box.height || Number(panel.getAttribute("height"))];
    give(copied, { x, y: 12, width: wide, height: high });
    whole.append(copied);
    x += wide + 16;
    height = Math.max(height, high);
  }
  give(whole, { viewBox: `0 0 ${x} ${height + 24}`, width: x, height: height + 24 });
  return new XMLSerializer().serializeToString(whole);
};
for (const tools of all("[data-figure]")) {
  const figure = document.getElementById(tools.dataset.figure);
  tools.hidden = false;
  tools.append(button("Download SVG", () => {
    save(`${figure.id}.svg`, "image/svg+xml", picture(figure));
    say(`${figure.id}.svg saved.`);
  }), copier(figure.querySelector("table")));
}

// values: the words of a mark beside it, at once, by mouse, touch and arrow keys
const tip = make("div", "", { className: "tip", role: "tooltip", hidden: true });
document.body.append(tip);
let silenced = []; // titles whose words the browser must not show a second time
const hide = () => {
  silenced.splice(0).forEach(([title, words]) => { title.textContent = words; });
  tip.hidden = true;
};
const titled = (node) => {
  while (node && node.localName !== "svg" && !node.querySelector?.(":scope > title")) node = node.parentElement;
  return node && node.localName !== "svg" && node.closest("svg.chart") ? node : null;
};
// marks that are seen: rows that a choice takes away stay in the picture, and lie over others
const marked = (part) => all("svg.chart * > title", part).map((title) => title.parentElement)
  .filter((mark) => mark.checkVisibility({ visibilityProperty: true }));
const show = (mark, x, y) => {
  hide();
  tip.textContent = mark.querySelector(":scope > title").textContent;
  if (!tip.textContent) return;
  const over = all("title", mark.closest("svg.chart")).filter((title) => title.parentElement.contains(mark));
  silenced = over.map((title) => [title, title.textContent]);
  over.forEach((title) => { title.textContent = ""; });
  tip.hidden = false;
  const { width, height } = tip.getBoundingClientRect();
  tip.style.left = `${Math.max(8, Math.min(x - width / 2, innerWidth - width - 8))}px`;
  tip.style.top = `${y - height - 12 > 8 ? y - height - 12 : Math.min(y + 18, innerHeight - height - 8)}px`;
};
const near = (svg, x, y) => { // a finger is broader than a dot
  const gap = (low, at, high) => Math.max(low - at, 0, at - high);
  const away = ({ left, right, top, bottom }) => Math.hypot(gap(left, x, right), gap(top, y, bottom));
  const marks = marked(svg).map((mark) => [away(mark.getBoundingClientRect()), mark]);
  return marks.filter(([distance]) => distance <= 16).sort(([one], [next]) => one - next)[0]?.[1];
};
// lines and numbers that are drawn over a mark must not keep its words from the reader
const point = (event, reach) => {
  const [svg, x, y] = [event.target.closest?.("svg.chart"), event.clientX, event.clientY];
  const mark = svg && (document.elementsFromPoint(x, y).map(titled).find(Boolean) ?? reach(svg, x, y));
  if (mark) show(mark, x, y);
  else if (!tip.hidden) hide();
};
document.addEventListener("pointermove", (event) => { if (event.pointerType !== "touch") point(event, () => null); });
document.addEventListener("pointerdown", hide);
document.addEventListener("click", (event) => { if (event.detail) point(event, near); });
addEventListener("scroll", hide, { capture: true, passive: true });
document.addEventListener("keydown", (event) => { if (event.key === "Escape") hide(); });
// place: what takes the focus; panels: those whose values it reads
const readByKeys = (place, named, panels) => {
  let at = -1;
  give(place, { tabindex: 0, role: "group", "aria-label": `${named}: the arrow keys read its values`, "data-keys": "" });
  place.addEventListener("blur", () => { at = -1; hide(); });
  place.addEventListener("keydown", (event) => {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    const marks = panels.flatMap(marked);
    if (!step || !marks.length || event.target !== place) return;
    event.preventDefault();
    at = Math.max(0, Math.min(at + step, marks.length - 1));
    marks[at].scrollIntoView({ block: "nearest", inline: "nearest" });
    requestAnimationFrame(() => { // after the scrolling, which hides
      const box = marks[at].getBoundingClientRect();
      show(marks[at], box.left + box.width / 2, box.top);
      say(tip.textContent);
    });
  });
};
for (const figure of all("figure")) {
  const own = all(".panel[tabindex]", figure); // each may be the only one that a choice leaves
  for (const panel of own) readByKeys(panel, panel.getAttribute("aria-label"), [panel]);
  const named = figure.querySelector("h3").textContent.trim();
  if (!own.length) readByKeys(figure.querySelector(".panels"), named, all(".panel", figure));
}

// figures: one SVG file each, panels side by side, with the light colours written in; their numbers as CSV
const style = document.getElementById("picture-style").content.textContent;
const space = "http://www.w3.org/2000/svg";
const picture = (figure) => {
  const whole = document.createElementNS(space, "svg");
  const rules = document.createElementNS(space, "style");
  rules.textContent = style;
  whole.append(rules);
  let [x, height] = [12, 0];
  for (const panel of all(".panel:not(.off) svg.chart:not(.cell)", figure)) {
    const copied = panel.cloneNode(true);
    const box = panel.viewBox.baseVal;
    const wide = box && box.width ? box.width : 640;
    const high = box && box.height ? box.height : Number(panel.getAttribute("height"));
    for (const [key, set] of Object.entries({ x, y: 12, width: wide, height: high })) copied.setAttribute(key, set);
    whole.append(copied);
    x += wide + 16;
    height = Math.max(height, high);
  }
  whole.setAttribute("viewBox", `0 0 ${x} ${height + 24}`);
  whole.setAttribute("width", x);
  whole.setAttribute("height", height + 24);
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
const tip = make("div", "", { className: "tip", hidden: true });
tip.setAttribute("role", "tooltip");
document.body.append(tip);
let silenced = []; // titles whose words the browser must not show a second time
const hide = () => {
  silenced.forEach(([title, words]) => { title.textContent = words; });
  silenced = [];
  tip.hidden = true;
};
const titled = (node) => {
  while (node && node.localName !== "svg" && !node.querySelector?.(":scope > title")) node = node.parentElement;
  return node && node.localName !== "svg" && node.closest("svg.chart") ? node : null;
};
const show = (mark, x, y) => {
  hide();
  tip.textContent = mark.querySelector(":scope > title").textContent;
  if (!tip.textContent) return;
  for (let node = mark; node && node.localName !== "html"; node = node.parentElement) {
    const title = node.querySelector(":scope > title");
    if (title) silenced.push([title, title.textContent]);
    if (node.localName === "svg") break;
  }
  silenced.forEach(([title]) => { title.textContent = ""; });
  tip.hidden = false;
  const { width, height } = tip.getBoundingClientRect();
  tip.style.left = `${Math.max(8, Math.min(x - width / 2, innerWidth - width - 8))}px`;
  tip.style.top = `${y - height - 12 > 8 ? y - height - 12 : Math.min(y + 18, innerHeight - height - 8)}px`;
};
const near = (svg, x, y) => { // a finger is broader than a dot
  const away = (mark) => {
    const box = mark.getBoundingClientRect();
    return Math.hypot(x - Math.max(box.left, Math.min(x, box.right)), y - Math.max(box.top, Math.min(y, box.bottom)));
  };
  const marks = all("title", svg).map(({ parentElement }) => [parentElement, away(parentElement)]);
  const [mark, distance] = marks.filter(([one]) => one !== svg).sort((a, b) => a[1] - b[1])[0] ?? [];
  return distance <= 16 ? mark : null;
};
// lines and numbers that are drawn over a mark must not keep its words from the reader
const under = ({ target, clientX, clientY }) => (target.closest?.("svg.chart") ? document.elementsFromPoint(clientX, clientY).map(titled).find(Boolean) : null);
document.addEventListener("pointermove", (event) => {
  if (event.pointerType === "touch") return;
  const mark = under(event);
  if (mark) show(mark, event.clientX, event.clientY);
  else if (!tip.hidden) hide();
});
document.addEventListener("pointerdown", hide);
document.addEventListener("click", (event) => {
  const svg = event.target.closest("svg.chart");
  const mark = svg && event.detail ? under(event) ?? near(svg, event.clientX, event.clientY) : null;
  if (mark) show(mark, event.clientX, event.clientY);
});
addEventListener("scroll", hide, { capture: true, passive: true });
document.addEventListener("keydown", (event) => { if (event.key === "Escape") hide(); });
for (const figure of all("figure")) {
  const place = figure.querySelector(".panel[tabindex]") ?? figure.querySelector(".panels");
  let at = -1;
  place.tabIndex = 0;
  place.setAttribute("role", "group");
  place.setAttribute("aria-label", `${figure.querySelector("h3").textContent.trim()}: the arrow keys read its values`);
  place.addEventListener("blur", () => { at = -1; hide(); });
  place.addEventListener("keydown", (event) => {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    const marks = all(".panel:not(.off) svg.chart title", place.closest(".panels")).map((title) => title.parentElement).filter((mark) => titled(mark));
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
}

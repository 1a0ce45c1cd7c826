// How far a batch is, in a bar, in words, and said at each quarter.
import { get, say } from "./dom.js";
import { number } from "./words.js";

const DRAW_MS = 120;

// how long it still takes, as people say it
const left = (seconds) => {
  if (seconds < 5) return "a few seconds left";
  if (seconds < 90) return `about ${Math.round(seconds)} s left`;
  return `about ${Math.round(seconds / 60)} min left`;
};

// draws until what it returns is called
export const watched = (batch) => {
  const [began, before] = [performance.now(), batch.done];
  const quarterOf = () => Math.floor(4 * batch.done / batch.total);
  let told = quarterOf();
  const draw = () => {
    const seconds = (performance.now() - began) / 1000;
    const rate = (batch.done - before) / seconds;
    get("progress").max = batch.total;
    get("progress").value = batch.done;
    const rest = rate > 0 && seconds > 1 ? `, ${number(Math.round(rate))} texts a second, ${left((batch.total - batch.done) / rate)}` : "";
    get("progress-words").textContent = `${number(batch.done)} of ${number(batch.total)} read${rest}`;
    if (quarterOf() > told && quarterOf() < 4) { told = quarterOf(); say(`${25 * told} % read`); }
  };
  draw();
  const timer = setInterval(draw, DRAW_MS);
  return () => clearInterval(timer);
};

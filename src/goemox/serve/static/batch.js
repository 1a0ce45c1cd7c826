// Many texts in chunks, two on their way at a time; what the server turns away is brought again when it says.
import { pause, predict, Refusal, wrongWith } from "./api.js";
import { length } from "./dom.js";

const CHUNK = 64; // texts: small enough to see it move and to stop soon
const CHARACTERS = 60_000; // of a chunk
const AT_ONCE = 2;
const TRIES = 30; // of a chunk that is turned away
const LONGEST_WAIT = 8; // seconds, where the server names none
const MOST = 10_000; // characters of a text

// why a cell cannot be read; "" where it can
export const unfitCell = (cell) => {
  if (cell === undefined || cell === null || cell === "") return "no text";
  if (typeof cell !== "string") return "no text, but another kind of value";
  if (!cell.trim()) return "nothing but spaces";
  return cell.length > MOST && length(cell) > MOST ? "longer than 10,000 characters" : "";
};

export class Batch {
  // texts: by row, undefined where a row cannot be read. taken(i, result), refused(i, why): a row is done;
  // waiting(words): the server asks for patience, "" = no more
  constructor(texts, { taken, refused, waiting }) {
    this.texts = texts;
    this.queue = texts.flatMap((text, i) => (text === undefined ? [] : [i]));
    this.returned = [];
    Object.assign(this, { taken, refused, waiting });
    this.total = this.queue.length;
    this.next = 0;
    this.done = 0;
  }

  get isDone() { return this.done === this.total; }

  cancel() { this.controller?.abort(); }

  // until all rows are done, or somebody cancels; called again, it goes on. Throws a Refusal that will not pass.
  async run() {
    this.controller = new AbortController();
    const runs = Array.from({ length: AT_ONCE }, () => this.#work(this.controller.signal));
    const ends = await Promise.allSettled(runs);
    const wrong = ends.find((end) => end.status === "rejected" && end.reason.name !== "AbortError");
    if (wrong) throw wrong.reason;
  }

  #chunk() {
    if (this.returned.length) return this.returned.pop();
    const rows = [];
    let characters = 0;
    while (this.next < this.queue.length && rows.length < CHUNK) {
      const row = this.queue[this.next];
      characters += this.texts[row].length;
      if (rows.length && characters > CHARACTERS) break;
      rows.push(row);
      this.next += 1;
    }
    return rows;
  }

  async #work(signal) {
    for (let rows = this.#chunk(); rows.length; rows = this.#chunk()) {
      try {
        if (signal.aborted) this.returned.push(rows);
        signal.throwIfAborted();
        await this.#send(rows, signal);
      } catch (error) {
        if (error.name !== "AbortError") this.cancel(); // the other one stops too
        throw error;
      }
    }
  }

  async #send(rows, signal) {
    for (let tries = 1; ; tries += 1) {
      try {
        const { results } = await predict(rows.map((row) => this.texts[row]), signal);
        rows.forEach((row, k) => this.taken(row, results[k]));
        this.done += rows.length;
        this.waiting("");
        return;
      } catch (error) {
        if (error instanceof Refusal && error.passes && tries < TRIES) {
          const wait = error.wait || Math.min(LONGEST_WAIT, 0.5 * 2 ** tries);
          this.waiting(`${error.message} Going on in ${Math.ceil(wait)} s.`);
          try { await pause(wait, signal); } catch (stopped) { this.returned.push(rows); throw stopped; }
          continue;
        }
        const parts = error instanceof Refusal ? this.#parted(rows, error) : null;
        if (!parts) { this.returned.push(rows); throw error; }
        for (const part of parts) if (part.length) this.returned.push(part);
        return;
      }
    }
  }

  // rows that the server will not read are named and left out, the rest is sent again; null where that is no help
  #parted(rows, error) {
    if (!["invalid", "body-too-large"].includes(error.code)) return null;
    const named = new Map(error.at.flatMap(({ at, problem }) => {
      const found = /^texts\.(\d+)$/.exec(at);
      return found ? [[Number(found[1]), problem]] : [];
    }));
    if (named.size) {
      for (const [k, problem] of named) this.refused(rows[k], wrongWith(problem));
      this.done += named.size;
      return [rows.filter((_, k) => !named.has(k))];
    }
    if (rows.length === 1) {
      this.refused(rows[0], error.message);
      this.done += 1;
      return [[]];
    }
    const half = rows.length >> 1;
    return [rows.slice(half), rows.slice(0, half)];
  }
}

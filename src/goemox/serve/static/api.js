// The server's addresses, as functions that give an answer or throw a Refusal whose words people can read.
const KEY = "goemox-token";
const WORDS = {
  "no-token": "This server asks for a token.",
  "overloaded": "The server is busy: more is asked than it takes at once.",
  "not-ready": "The model is still loading.",
  "too-slow": "The server did not answer in time.",
  "body-too-large": "That is more than the server takes at once.",
  "invalid": "The server cannot read this text.",
  "internal": "The server failed at this. Its log has the reason.",
  "bad-origin": "The server does not answer this page under this address.",
  "bad-host": "The server does not answer under this name; start it with --allow-host.",
};
export const GONE = "The server does not answer. Is goemox serve still running?";

export class Refusal extends Error {
  // code: as the server gives it, "gone" where nobody answers; wait: seconds, where it named some
  constructor(code, words, { wait = 0, at = [] } = {}) {
    super(words);
    Object.assign(this, { code, wait, at });
  }

  get passes() { return ["overloaded", "not-ready", "too-slow"].includes(this.code); }
}

// where the server is: a proxy may have put it below a path
export const root = new URL(".", location.href).href.slice(0, -1);

let held = ""; // until the page is left, where the browser lets no page keep anything
const stored = (act) => { try { return act(); } catch { return undefined; } };

export const token = {
  get needed() { return document.documentElement.dataset.token === "yes"; },
  get value() { return stored(() => sessionStorage.getItem(KEY)) ?? held; },
  set value(given) {
    held = given;
    stored(() => (given ? sessionStorage.setItem(KEY, given) : sessionStorage.removeItem(KEY)));
  },
};

const call = async (path, body, signal) => {
  const headers = token.value ? { Authorization: `Bearer ${token.value}` } : {};
  if (body) headers["Content-Type"] = "application/json";
  let answer;
  try {
    answer = await fetch(`${root}${path}`, {
      method: body ? "POST" : "GET", headers, body: body && JSON.stringify(body), signal, cache: "no-store",
    });
    if (answer.ok) return await answer.json();
  } catch (error) {
    if (error.name === "AbortError") throw error;
    throw new Refusal("gone", GONE);
  }
  throw await refusal(answer);
};

const refusal = async (answer) => {
  let problem = {};
  try { problem = await answer.json(); } catch { /* a proxy's own page */ }
  const code = problem.code ?? `status-${answer.status}`;
  const at = problem.errors ?? [];
  let words = WORDS[code] ?? problem.title ?? `The server answered ${answer.status}.`;
  if (code === "invalid" && at.length) words += ` ${told(at[0])}`;
  return new Refusal(code, words, { wait: Number(answer.headers.get("Retry-After")) || 0, at });
};

// `texts.0` and pydantic's sentence, shortened to what a reader of the page can use
const told = ({ at, problem }) => `(${at.replace(/^texts\.\d+$/, "text")}: ${wrongWith(problem)})`;

// what is wrong with one text, in the schema's words or in better ones
export const wrongWith = (problem) => (/pattern|no space/.test(problem) ? "nothing but spaces" : problem);

// half a surrogate pair is no text and no server takes it: it is sent as the sign for that
export const sound = (text) => text.toWellFormed?.() ?? text;

export const predict = (texts, signal) => call("/v1/predict", { texts: texts.map(sound) }, signal);
export const explain = (text, labels, signal) => call("/v1/explain", { text: sound(text), labels }, signal);
export const model = (signal) => call("/v1/model", undefined, signal);
export const labels = (signal) => call("/v1/labels", undefined, signal);

// one question at a time: a new one gives up the one before, whose answer is never seen
export const latest = () => {
  let running;
  return {
    stop() { running?.abort(); running = undefined; },
    async ask(question) {
      running?.abort();
      const own = running = new AbortController();
      try {
        const found = await question(own.signal);
        return own === running ? found : undefined;
      } catch (error) {
        if (error.name === "AbortError" || own !== running) return undefined;
        throw error;
      }
    },
  };
};

export const pause = (seconds, signal) => new Promise((go, fail) => {
  const timer = setTimeout(go, seconds * 1000);
  signal?.addEventListener("abort", () => { clearTimeout(timer); fail(new DOMException("stopped", "AbortError")); });
});

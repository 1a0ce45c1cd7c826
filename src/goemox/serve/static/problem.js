// What went wrong, in words, with a way on; and the question for the token.
import { token } from "./api.js";
import { get, show } from "./dom.js";

const AGAIN_S = 3;
const SENDABLE = /^[\x21-\x7e]+$/;
let timer;
let again = () => {};

export const calm = () => {
  clearTimeout(timer);
  show(get("problem"), false);
};

// refusal: what the server said, or that it said nothing; retry: asks once more what was asked.
// waits: whether it is asked once more without anybody's pressing a button
export const trouble = (refusal, retry, waits = true) => {
  clearTimeout(timer);
  again = retry;
  if (refusal.code === "no-token") {
    askToken(token.value ? "That is not the token of this server." : "");
    return;
  }
  const passes = waits && (refusal.passes || refusal.code === "gone");
  const words = refusal.message + (passes ? " Trying again …" : "");
  if (get("problem-words").textContent !== words) get("problem-words").textContent = words;
  show(get("problem"), true);
  if (passes) timer = setTimeout(retry, 1000 * (refusal.code === "gone" ? AGAIN_S : Math.max(refusal.wait, 1)));
};

const dialog = get("token");
const field = get("token-field");
const askToken = (wrong) => {
  token.value = "";
  get("token-wrong").textContent = wrong;
  field.setAttribute("aria-invalid", wrong ? "true" : "false");
  field.value = "";
  if (!dialog.open) dialog.showModal();
  field.focus();
};

// `act` once there is a token, at once where none is needed
export const withToken = (act) => {
  again = act;
  if (token.needed && !token.value) askToken("");
  else act();
};

get("token-form").addEventListener("submit", (event) => {
  event.preventDefault();
  const given = field.value.trim();
  if (!SENDABLE.test(given)) { get("token-wrong").textContent = "A token is made of ASCII letters, digits and signs."; return; }
  token.value = given;
  dialog.close();
});
dialog.addEventListener("close", () => {
  field.value = "";
  if (token.value) { calm(); again(); return; }
  get("problem-words").textContent = "This server asks for a token.";
  show(get("problem"), true);
});
get("problem-again").addEventListener("click", () => {
  clearTimeout(timer); // it would ask once more
  if (token.needed && !token.value) askToken("");
  else again();
});

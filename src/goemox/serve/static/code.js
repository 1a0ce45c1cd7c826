// The same question in code: what stands there runs as it is, whatever the text holds.
import { root, sound, token } from "./api.js";
import { copied, get, show } from "./dom.js";

const EXAMPLE = "Thank you so much!";

// a JSON string is a string of Python and of JavaScript too; single quotes keep all but themselves in a shell
const shell = (text) => `'${text.replaceAll("'", "'\\''")}'`;

export const curl = (address, texts) => [
  `curl ${address}/v1/predict`,
  ...(token.needed ? ['-H "Authorization: Bearer $GOEMOX_TOKEN"'] : []),
  "-H 'Content-Type: application/json'",
  `-d ${shell(JSON.stringify({ texts }))}`,
].join(" \\\n  ");

export const python = (address, texts) => `import json
${token.needed ? "import os\n" : ""}from urllib.request import Request, urlopen

texts = ${JSON.stringify(texts)}
request = Request(
    "${address}/v1/predict",
    data=json.dumps({"texts": texts}).encode(),
    headers={"Content-Type": "application/json"${token.needed ? ', "Authorization": "Bearer " + os.environ["GOEMOX_TOKEN"]' : ""}},
)
with urlopen(request) as answer:
    for result in json.load(answer)["results"]:
        print(result["labels"], result["in_domain"])
`;

export const javascript = (address, texts) => `const answer = await fetch("${address}/v1/predict", {
  method: "POST",
  headers: { "Content-Type": "application/json"${token.needed ? ", Authorization: `Bearer ${process.env.GOEMOX_TOKEN}`" : ""} },
  body: JSON.stringify({ texts: ${JSON.stringify(texts)} }),
});
for (const result of (await answer.json()).results) console.log(result.labels, result.in_domain);
`;

const LANGUAGES = { curl, python, javascript };

// texts(): those on the page now
export const codePanel = (texts) => {
  const buttons = [...document.querySelectorAll("#languages button")];
  let language = "curl";
  const draw = () => {
    if (!get("code").open) return;
    show(get("code-token"), token.needed);
    const given = texts();
    get("code-text").textContent = LANGUAGES[language](root, (given.length ? given : [EXAMPLE]).map(sound));
  };
  for (const button of buttons) {
    button.addEventListener("click", () => {
      language = button.dataset.language;
      for (const each of buttons) each.setAttribute("aria-pressed", each === button);
      draw();
    });
  }
  get("code").addEventListener("toggle", draw);
  get("copy-code").addEventListener("click", (event) => copied(event.currentTarget, get("code-text").textContent));
  return draw;
};

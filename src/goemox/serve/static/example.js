// A small file of made-up comments, for those who have none at hand.
const PARTS = [
  "Thank you so much!", "It keeps crashing.", "I am so sorry about that.", "Why does this happen?", "Great work, I love it.",
  "It works here.", "Build 4812 fails on aarch64.", "I am scared that it breaks again.", "This is so annoying.",
  "Wow, that was fast.", "Can you send the log?", "Closing as duplicate.", "I am so proud of this team.", "What a relief, it is fixed.",
];
const ROWS = 240;

// each row one to three of the sentences, the same ones every time
export const exampleFile = () => {
  let state = 7;
  const draw = (most) => {
    state = (state * 1103515245 + 12345) % 2147483648;
    return Math.floor(state / 65536) % most;
  };
  const rows = Array.from({ length: ROWS }, (_, i) => {
    const parts = Array.from({ length: 1 + draw(3) }, () => PARTS[draw(PARTS.length)]);
    return `${i + 1},"${[...new Set(parts)].join(" ")}",${1 + draw(5)}`;
  });
  return new File([`id,comment,stars\n${rows.join("\n")}\n`], "example.csv", { type: "text/csv" });
};

// Light or dark: as the system has it, until somebody says otherwise.
const root = document.documentElement;
const button = document.getElementById("theme");
const dark = matchMedia("(prefers-color-scheme: dark)");
const kept = () => { try { return localStorage.getItem("goemox-theme"); } catch { return null; } };
const keep = (theme) => { try { localStorage.setItem("goemox-theme", theme); } catch { /* not allowed: this visit only */ } };
const now = () => root.dataset.theme ?? (dark.matches ? "dark" : "light");
const named = () => { button.textContent = now() === "dark" ? "Light" : "Dark"; };

if (kept() === "dark" || kept() === "light") root.dataset.theme = kept();
button.hidden = false;
button.addEventListener("click", () => {
  root.dataset.theme = now() === "dark" ? "light" : "dark";
  keep(root.dataset.theme);
  named();
});
dark.addEventListener("change", named);
named();

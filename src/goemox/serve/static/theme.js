// Light or dark: as the system has it, until somebody says otherwise. Runs before anything is drawn.
(() => {
  const KEY = "goemox-theme";
  const root = document.documentElement;
  const dark = matchMedia("(prefers-color-scheme: dark)");
  const kept = () => { try { return localStorage.getItem(KEY); } catch { return null; } };
  const keep = (theme) => { try { localStorage.setItem(KEY, theme); } catch { /* not allowed: this visit only */ } };
  const now = () => root.dataset.theme ?? (dark.matches ? "dark" : "light");

  if (["dark", "light"].includes(kept())) root.dataset.theme = kept();
  addEventListener("DOMContentLoaded", () => {
    const button = document.getElementById("theme");
    const named = () => { button.textContent = now() === "dark" ? "Light" : "Dark"; button.title = `Use ${button.textContent.toLowerCase()} colours`; };
    button.addEventListener("click", () => {
      root.dataset.theme = now() === "dark" ? "light" : "dark";
      keep(root.dataset.theme);
      named();
    });
    dark.addEventListener("change", named);
    named();
    button.hidden = false;
  });
})();

"use strict";
// The theme is the system's until the reader chooses; a page opened from a mail may not remember the choice.
(() => {
  const root = document.documentElement;
  const KEY = "gridloom-theme";
  const dark = matchMedia("(prefers-color-scheme: dark)");
  const kept = () => { try { return localStorage.getItem(KEY); } catch { return null; } };
  const keep = (theme) => { try { localStorage.setItem(KEY, theme); } catch { /* for this visit only */ } };
  const tell = () => document.dispatchEvent(new Event("themechange"));
  if (kept() === "light" || kept() === "dark") root.dataset.theme = kept();
  dark.addEventListener("change", tell);
  document.addEventListener("DOMContentLoaded", () => {
    const button = document.getElementById("theme");
    button.hidden = false;
    button.addEventListener("click", () => {
      const shown = root.dataset.theme || (dark.matches ? "dark" : "light");
      root.dataset.theme = shown === "dark" ? "light" : "dark";
      keep(root.dataset.theme);
      tell();
    });
  });
})();

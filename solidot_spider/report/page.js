// The theme, and the beginning of all; page-plots.js and page-search.js are put before this.
const root = document.documentElement;
root.classList.add("js");
const dark = matchMedia("(prefers-color-scheme: dark)");
const remembered = (value) => {
  try {
    if (value) localStorage.setItem("solidot-report-theme", value);
    return localStorage.getItem("solidot-report-theme");
  } catch {
    return value; // a page from disk may have no memory
  }
};
const chosen = remembered();
if (chosen === "dark" || chosen === "light") root.dataset.theme = chosen;
const theme = () => root.dataset.theme ?? (dark.matches ? "dark" : "light");

const offerTheme = (button) => {
  const name = () => { button.textContent = theme() === "dark" ? "Light" : "Dark"; };
  button.hidden = false;
  button.addEventListener("click", () => {
    root.dataset.theme = theme() === "dark" ? "light" : "dark";
    remembered(root.dataset.theme);
    name();
  });
  dark.addEventListener("change", name);
  name();
};

addEventListener("DOMContentLoaded", () => {
  const tip = document.getElementById("tip");
  const said = document.getElementById("said");
  offerTheme(document.getElementById("theme"));
  for (const plot of document.querySelectorAll(".plot")) new Plot(plot, tip, said).listen();
  const form = document.querySelector(".search form");
  if (form) offerSearch(form);
});

/* What makes the pages pleasant; all of them work without it. */
const root = document.documentElement;
const $ = (selector, from = document) => from.querySelector(selector);
const $$ = (selector, from = document) => [...from.querySelectorAll(selector)];
const say = (text) => {
  $("#status").textContent = text;
};

/* Theme: the system's until the button was pressed once. */
const themeButton = $("#theme");
const systemDark = matchMedia("(prefers-color-scheme: dark)");
const isDark = () => (root.dataset.theme ?? (systemDark.matches ? "dark" : "light")) === "dark";
const showTheme = () => themeButton.setAttribute("aria-pressed", String(isDark()));
themeButton.hidden = false;
themeButton.addEventListener("click", () => {
  root.dataset.theme = isDark() ? "light" : "dark";
  try {
    localStorage.setItem("theme", root.dataset.theme);
  } catch {
    /* Storage is switched off: it holds for this page. */
  }
  showTheme();
});
systemDark.addEventListener("change", showTheme);
showTheme();

/* Copy buttons. The clipboard exists on https and localhost only. */
const legacyCopy = (text) => {
  const area = document.body.appendChild(document.createElement("textarea"));
  area.value = text;
  area.className = "visually-hidden";
  area.select();
  const done = document.execCommand("copy");
  area.remove();
  return done;
};
const copy = async (button) => {
  const text = button.dataset.copy;
  const done = await (navigator.clipboard?.writeText(text) ?? Promise.reject(new Error())).then(
    () => true,
    () => legacyCopy(text),
  );
  const label = $("span", button);
  label.textContent = done ? "Copied" : "Press Ctrl+C";
  say(label.textContent);
  button.focus();
  setTimeout(() => (label.textContent = "Copy"), 2000);
};
document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-copy]");
  if (button) void copy(button);
});
for (const button of $$("[data-copy]")) button.hidden = false;

/* `/` goes to the search field; up and down go through the results. */
const field = $("#q");
for (const hint of $$("kbd[hidden]")) hint.hidden = false;
const links = () => $$(".hits .hit-link");
document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || !field) return;
  const isTyping = event.target.closest("input, textarea, select, [contenteditable]");
  if (event.key === "/" && !isTyping) {
    event.preventDefault();
    field.focus();
    field.select();
  }
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  const at = links().indexOf(document.activeElement);
  if (!step || (document.activeElement !== field && at === -1)) return;
  if (at === -1 && step === -1) return;
  event.preventDefault();
  (links()[at + step] ?? (step === -1 ? field : links()[at])).focus();
});

/* Results while typing: the server sends the part of the page that changes. */
const form = $("form[data-live]");
const narrow = matchMedia("(max-width: 60rem)");
const foldFilters = () => {
  const panel = $(".facet-panel");
  if (panel) panel.open = !narrow.matches;
};
if (form) {
  let asked = new AbortController();
  let timer;
  const search = async () => {
    const query = new URLSearchParams([...new FormData(form)].filter(([, value]) => value !== ""));
    if (query.get("sort") === "relevance") query.delete("sort");
    history.replaceState(null, "", query.size === 0 ? form.action : `${form.action}?${query}`);
    asked.abort();
    asked = new AbortController();
    query.set("part", "results");
    try {
      const answer = await fetch(`${form.action}?${query}`, { signal: asked.signal });
      if (!answer.ok) return;
      const isOpen = $(".facet-panel")?.open;
      $("#results").innerHTML = await answer.text();
      if (isOpen !== undefined && $(".facet-panel")) $(".facet-panel").open = isOpen;
      else foldFilters();
      say($("#results [data-summary]").textContent);
    } catch (error) {
      if (error.name !== "AbortError") form.requestSubmit();
    }
  };
  form.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(() => void search(), 120);
  });
  document.addEventListener("change", (event) => {
    if (event.target.matches("select[data-submit]")) form.requestSubmit();
  });
  foldFilters();
  narrow.addEventListener("change", foldFilters);
}

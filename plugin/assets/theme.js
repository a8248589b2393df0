/* Runs before the first paint, so that a remembered theme does not flash. */
try {
  const theme = localStorage.getItem("theme");
  if (theme === "dark" || theme === "light") document.documentElement.dataset.theme = theme;
} catch {
  /* Storage is switched off: the system's theme it is. */
}

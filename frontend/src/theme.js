// Runs before anything is painted, so that a reader who chose dark is shown no light first.
{
  const root = document.documentElement;
  try {
    const chosen = localStorage.getItem("kg-theme");
    if (chosen === "dark" || chosen === "light") root.dataset.theme = chosen;
  } catch {
    // A browser may keep nothing for us; then the system's choice holds.
  }
  // For what is shown only where scripts run.
  root.classList.add("scripted");
}

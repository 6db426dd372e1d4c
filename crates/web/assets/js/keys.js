// Keys of the screens (ux §7). They act only outside text fields and outside IME composition.
export function startKeys() {
  document.addEventListener("keydown", (event) => {
    if (event.isComposing || event.keyCode === 229 || event.defaultPrevented) return;
    if (event.ctrlKey && event.key.toLowerCase() === "k") {
      event.preventDefault();
      return search();
    }
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.target.closest("input, textarea, select, [contenteditable]")) return;
    const act = KEYS[event.key];
    if (act && act(event) !== false) event.preventDefault();
  });
}

const KEYS = {
  "/": search,
  n: () => document.querySelector("[data-key=n]")?.click() ?? false,
  a: () => document.querySelector("[data-key=a]")?.click() ?? false,
  j: () => move(1),
  k: () => move(-1),
  ArrowDown: (event) => !inControl(event) && move(1),
  ArrowUp: (event) => !inControl(event) && move(-1),
  Enter: (event) => !inControl(event) && next(),
};

function inControl(event) {
  return Boolean(event.target.closest("a, button, summary"));
}

function search() {
  const field = document.querySelector("form:is([data-search], [data-terms]) input[name=q]");
  if (field) {
    field.focus();
    field.select();
    return true;
  }
  location.assign("/patients");
  return true;
}

// Selects the row above or below in the reception list.
function move(by) {
  const rows = [...document.querySelectorAll("tr[data-visit]")];
  if (!rows.length) return false;
  const at = rows.findIndex((row) => row.classList.contains("is-on"));
  const row = rows[Math.max(0, Math.min(rows.length - 1, at < 0 ? 0 : at + by))];
  row.scrollIntoView({ block: "nearest" });
  // On the row and not on its link: the focus stays free, so that Enter takes the next step.
  row.click();
  return true;
}

// The next step of the selected patient.
function next() {
  const button = document.querySelector("#reception-card .btn-p");
  if (!button) return false;
  button.click();
  return true;
}

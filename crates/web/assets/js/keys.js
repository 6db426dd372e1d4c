// Keys of the screens (ux §7). A button says its own key (data-key="n", "Alt+y", "F8", "Ctrl+Enter"); here they are only
// found and pressed. Keys of one character act outside text fields alone, can be switched off or put on Alt by each
// person, and nothing acts while a composition is open.
import { reveal } from "./sides.js";

let leading = 0; // when "g" was pressed
const GO = { r: "/reception", k: "[data-last-chart]", i: "/inbox", a: "/appointments", l: "/letters", b: "/billing" };
const GO_MS = 1_500;

export function startKeys() {
  document.addEventListener("keydown", (event) => {
    if (event.isComposing || event.keyCode === 229 || event.defaultPrevented || event.repeat && event.key === "Enter") return;
    const mode = document.querySelector("[data-single-keys]")?.dataset.singleKeys ?? "on";
    const act = combined(event) ? withModifier(event, mode) : alone(event, mode);
    if (act) event.preventDefault();
  });
}

const combined = (event) => event.ctrlKey || event.metaKey || event.altKey || /^F\d+$/.test(event.key);
const typing = (target) => Boolean(target.closest("input:not([type=radio], [type=checkbox]), textarea, select, [contenteditable]"));

// Keys together with Ctrl, Alt or the function keys: they act while typing, too.
function withModifier(event, mode) {
  const control = event.ctrlKey || event.metaKey;
  const key = event.key.length === 1 ? event.key.toLowerCase() : event.key;
  if (control && key === "k") {
    document.dispatchEvent(new CustomEvent("karute:palette"));
    return true;
  }
  if (control && key === "z") return !typing(event.target) && undo();
  const name = [control && "Ctrl", event.altKey && "Alt", event.shiftKey && "Shift", key].filter(Boolean).join("+");
  const shift = event.altKey && !typing(event.target) && document.querySelector(`form[data-shift=${{ ArrowUp: "up", ArrowDown: "down" }[key] ?? "none"}]`);
  if (shift) {
    shift.requestSubmit();
    return true;
  }
  if (press(name)) return true;
  return mode === "with-alt" && event.altKey && !control && !typing(event.target) && single(key, event);
}

function alone(event, mode) {
  if (typing(event.target)) return false;
  const key = event.key.length === 1 ? event.key.toLowerCase() : event.key;
  if (key.length > 1) return { ArrowDown: () => !inControl(event) && move(1), ArrowUp: () => !inControl(event) && move(-1), Enter: () => !inControl(event) && next() }[key]?.();
  return mode === "on" && single(key, event);
}

function single(key, event) {
  if (document.querySelector("dialog[open]")) return press(key);
  if (Date.now() - leading < GO_MS && GO[key]) {
    leading = 0;
    return go(GO[key]);
  }
  leading = key === "g" ? Date.now() : 0;
  if (key === "g") return true;
  if (press(key)) return true;
  return { "/": search, "?": list, j: () => !inControl(event) && move(1), k: () => !inControl(event) && move(-1) }[key]?.();
}

function inControl(event) {
  return Boolean(event.target.closest("a, button, summary"));
}

// Presses what has the key on the top layer: the open dialog, else the screen. A field takes the focus instead.
function press(name) {
  const layer = [...document.querySelectorAll("dialog[open]")].at(-1) ?? document;
  const named = [...layer.querySelectorAll("[data-key]")].filter((each) => each.dataset.key.toLowerCase() === name.toLowerCase() && !each.disabled);
  const found = named.find((each) => each.offsetParent);
  if (!found) return unseen(named);
  found.focus();
  if (found.matches("input, textarea, select")) found.select?.();
  else found.click();
  return true;
}

// What stands in the half of the chart that is not shown is shown first; it takes another press to act.
function unseen(named) {
  const found = named.find(reveal);
  found?.focus();
  return Boolean(found);
}

function go(place) {
  if (place.startsWith("/")) {
    const link = document.querySelector(`.rail a[href="${place}"]`);
    if (!link) return false;
    link.click();
    return true;
  }
  document.querySelector(place)?.click();
  return true;
}

// Takes back the last act that says it can be (its button stands in the toast).
function undo() {
  const button = document.querySelector(".toast form button");
  if (!button) return false;
  button.click();
  return true;
}

function search() {
  const field = document.querySelector("form:is([data-search], [data-terms]) input[name=q]");
  if (field) {
    field.focus();
    field.select();
  } else {
    document.dispatchEvent(new CustomEvent("karute:palette"));
  }
  return true;
}

// The list of keys, with those of this screen.
function list() {
  const dialog = document.getElementById("keys");
  if (!dialog) return false;
  const here = dialog.querySelector("[data-here]");
  here.replaceChildren();
  for (const button of document.querySelectorAll("[data-key]")) {
    if (!button.offsetParent || dialog.contains(button)) continue;
    const row = here.insertRow();
    const cap = document.createElement("span");
    cap.className = "kbd";
    cap.textContent = button.dataset.key.replace(/(^|\+)([a-z])$/, (_, lead, letter) => lead + letter.toUpperCase());
    row.insertCell().append(cap);
    const word = button.cloneNode(true);
    for (const extra of word.querySelectorAll?.(".kbd, .vh, svg") ?? []) extra.remove();
    row.insertCell().textContent = button.getAttribute("aria-label") ?? word.textContent.trim();
  }
  dialog.showModal();
  return true;
}

// Selects the row above or below in the reception list or the inbox.
function move(by) {
  const rows = [...document.querySelectorAll("tr[data-visit], .ib-i")];
  if (!rows.length) return false;
  const at = rows.findIndex((row) => row.matches(".is-on, [aria-current]"));
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

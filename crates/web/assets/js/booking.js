// 予約: dragging an appointment into another slot, undo by Ctrl+Z, the next visit without leaving the chart.
// Everything here can be done by links and buttons too.
import { ask, parse, swap } from "./fragment.js";

const TOLD_MS = 10_000; // how long what was done is shown
const UNDO_MS = 10 * 60_000; // how long Ctrl+Z takes it back

export function startBooking() {
  told();
  document.addEventListener("keydown", undo);
  document.addEventListener("submit", next);
  document.addEventListener("submit", takeBack);
  // What is prescribed says how long the drugs last, and so when to come back.
  document.addEventListener("karute:orders", fetchNext);
  fetchNext();
  for (const button of document.querySelectorAll("[data-print]")) {
    button.hidden = false;
    button.addEventListener("click", () => print());
  }
  document.querySelector(".bk-a[aria-current]")?.scrollIntoView({ block: "nearest" });
  const move = document.getElementById("bk-move");
  if (move) drag(move);
}

// What was done fades from the screen; the way back stays for Ctrl+Z.
function told() {
  const done = document.getElementById("done");
  if (!done) return;
  setTimeout(() => { done.hidden = true; }, TOLD_MS);
  setTimeout(() => done.remove(), UNDO_MS);
}

function undo(event) {
  if (!(event.ctrlKey || event.metaKey) || event.shiftKey || event.altKey || event.key.toLowerCase() !== "z") return;
  if (event.isComposing || event.keyCode === 229 || event.target.closest("input, textarea, select, [contenteditable]")) return;
  const form = document.querySelector("form[data-undo]");
  if (!form) return;
  event.preventDefault();
  form.requestSubmit();
}

// An appointment is picked up in one place and dropped into a slot with room.
function drag(form) {
  let carried = null;
  const slot = (event) => event.target.closest?.("td[data-at]");
  document.addEventListener("dragstart", (event) => {
    carried = event.target.closest?.("[data-appointment]") ?? null;
    if (!carried) return;
    event.dataTransfer.effectAllowed = "move";
    event.dataTransfer.setData("text/plain", "");
    document.body.classList.add("is-drag");
  });
  document.addEventListener("dragend", () => {
    carried = null;
    document.body.classList.remove("is-drag");
    for (const cell of document.querySelectorAll("td.is-over")) cell.classList.remove("is-over");
  });
  document.addEventListener("dragover", (event) => {
    for (const cell of document.querySelectorAll("td.is-over")) cell.classList.remove("is-over");
    const over = carried && slot(event);
    if (!over) return;
    event.preventDefault();
    over.classList.add("is-over");
  });
  document.addEventListener("drop", (event) => {
    const over = carried && slot(event);
    if (!over || over.contains(carried)) return;
    event.preventDefault();
    form.action = `/appointments/${carried.dataset.appointment}/move`;
    form.elements.version.value = carried.dataset.version;
    form.elements.schedule.value = over.dataset.schedule;
    form.elements.at.value = over.dataset.at;
    form.requestSubmit();
  });
}

// The panel of a chart comes after the chart itself.
async function fetchNext() {
  const place = document.querySelector("#next-visit[data-fetch]");
  if (!place) return;
  try {
    const answer = await ask(place.dataset.fetch);
    if (answer.ok) put(parse(answer.html));
  } catch { /* the link still works */ }
}

function put(parsed) {
  const { fetch } = document.getElementById("next-visit")?.dataset ?? {};
  if (!swap(parsed, "next-visit")) return false;
  if (fetch) document.getElementById("next-visit").dataset.fetch = fetch;
  return true;
}

// On a chart the return visit is taken back without leaving the chart.
async function takeBack(event) {
  const form = event.target;
  if (!form.matches("#done form[data-undo]") || !document.querySelector("#next-visit[data-fetch]")) return;
  event.preventDefault();
  form.closest("#done").remove();
  try {
    await ask(form.action, { form });
  } finally {
    fetchNext();
  }
}

// The return visit: one press, answered by the panel as it is then.
async function next(event) {
  const form = event.target;
  if (!form.matches("form[data-next]")) return;
  event.preventDefault();
  const button = form.querySelector("button");
  if (button.getAttribute("aria-busy")) return;
  button.setAttribute("aria-busy", "true");
  try {
    const answer = await ask(form.action, { form });
    const parsed = parse(answer.html);
    const note = parsed.querySelector(".note");
    if (!put(parsed)) return form.submit();
    if (note) document.getElementById("next-visit").prepend(document.adoptNode(note));
    document.getElementById("done")?.remove();
    const done = parsed.getElementById("done");
    if (done) {
      document.body.append(document.adoptNode(done));
      told();
    }
  } catch {
    form.submit();
  } finally {
    button.removeAttribute("aria-busy");
  }
}

// 処方箋の発行: the dialog is answered part by part; the service is asked when the dialog stands, and a prescription on its
// way is asked about until it has arrived.
import { ask, parse, swap } from "./fragment.js";

const AGAIN_MS = [400, 800, 1_500, 3_000, 6_000];
let busy = false;
let asked = 0;

export function startIssue() {
  document.addEventListener("karute:dialog", ready);
  document.addEventListener("submit", onSubmit);
  document.addEventListener("click", onClick);
  ready();
  states();
}

const part = () => document.getElementById("issue");

// What the part needs whenever it was drawn.
function ready() {
  asked = 0;
  if (part()?.querySelector("[data-check]")) check();
  later();
}

async function check() {
  const place = part().querySelector("[data-check]");
  const answer = await ask(place.dataset.check).catch(() => ({ ok: false }));
  if (!place.isConnected) return;
  if (!answer.ok) {
    place.removeAttribute("aria-busy");
    return place.querySelector("span").textContent = "照会できません。開き直すともう一度照会します";
  }
  const parsed = parse(answer.html);
  for (const id of ["issue-lines", "issue-check", "issue-wait"]) swap(parsed, id);
  decide();
}

// What must be decided takes the focus, unless somebody is choosing something.
function decide() {
  if (document.activeElement?.closest("#issue-form")) return;
  part().querySelector("[data-open]:not([data-open='0']) [data-safe]")?.focus();
}

// A prescription on its way.
function later() {
  const { again } = part()?.dataset ?? {};
  if (!again) return;
  const before = part();
  setTimeout(async () => {
    if (part() !== before || busy) return;
    const answer = await ask(again).catch(() => ({ ok: false }));
    if (part() !== before || busy) return;
    if (answer.ok && !before.contains(document.activeElement?.closest("details[open]"))) put(answer);
    later();
  }, AGAIN_MS[Math.min(asked++, AGAIN_MS.length - 1)]);
}

// The answer in the place of the part; what was chosen stays chosen.
function put(answer) {
  const chosen = new FormData(part().querySelector("#issue-form") ?? undefined);
  const within = part().contains(document.activeElement);
  if (!answer.html || !swap(parse(answer.html), "issue")) return location.reload();
  for (const field of part().querySelectorAll("#issue-form :is(input:not([type=hidden]), select)")) {
    if (!chosen.has(field.name)) continue;
    if (field.type === "radio") field.checked = field.value === chosen.get(field.name);
    else field.value = chosen.get(field.name);
  }
  if (within) (part().querySelector("[role=alert][autofocus], [autofocus]") ?? part().querySelector(".iss-f .btn"))?.focus();
}

async function onSubmit(event) {
  const form = event.target;
  if (!form.closest?.("dialog #issue") || form.method === "dialog" || event.defaultPrevented) return;
  event.preventDefault();
  if (busy) return;
  busy = true;
  event.submitter?.setAttribute("aria-busy", "true");
  try {
    put(await ask(form.action, { form, submitter: event.submitter }));
  } finally {
    busy = false;
    event.submitter?.removeAttribute("aria-busy");
  }
  ready();
  decide();
  states();
}

async function onClick(event) {
  const close = event.target.closest("dialog #issue [data-close]");
  const link = event.target.closest("dialog #issue a[data-part]");
  if (!(close || link) || event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  if (close) return close.closest("dialog").close();
  put(await ask(link.href));
  ready();
}

// The states on the chart come after the chart itself, and again when a dialog is closed.
async function states() {
  const place = document.querySelector("#rx-states[data-fetch]");
  if (!place) return;
  const { fetch } = place.dataset;
  const answer = await ask(fetch).catch(() => ({ ok: false }));
  if (answer.ok && swap(parse(answer.html), "rx-states")) document.getElementById("rx-states").dataset.fetch = fetch;
}

// What was taken out or issued in the dialog stands so in the column of orders too.
document.addEventListener("close", async (event) => {
  if (!event.target.querySelector?.("#issue")) return;
  states();
  const column = document.getElementById("orders");
  const url = column && document.querySelector("a[data-dialog][data-key=F8]")?.getAttribute("href").replace(/issue$/, "orders");
  if (url) document.dispatchEvent(new CustomEvent("karute:redraw-orders", { detail: url }));
}, true);

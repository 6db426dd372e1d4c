// The column of orders: every form of it is answered with the column as it is then, and put in its place.
import { ask, parse, swap } from "./fragment.js";
import { reveal } from "./sides.js";
import { startTerms } from "./terms.js";

const TOAST_MS = 10_000;
let busy = false;

export function startOrders() {
  if (!column()) return;
  document.addEventListener("submit", onSubmit);
  document.addEventListener("click", onClick);
  document.addEventListener("change", onChange);
  document.addEventListener("focusin", (event) => { if (event.target.matches(".rx-n")) event.target.select(); });
  document.addEventListener("keydown", onKey);
  document.addEventListener("keydown", walk);
  document.addEventListener("karute:redraw-orders", async (event) => show(await ask(event.detail)));
  ready();
}

// What the column needs whenever it was drawn.
function ready() {
  // Enter in the number does what its hidden button does; the way from number to number does not lead over it.
  for (const button of column().querySelectorAll("button.vh")) button.tabIndex = -1;
  toasts();
}

const column = () => document.getElementById("orders");
const ours = (target) => target.closest("#orders form:not([data-terms]), form[data-orders]");

async function onSubmit(event) {
  const form = ours(event.target);
  if (!form || event.defaultPrevented) return;
  event.preventDefault();
  if (form.matches("[data-replace]")) return replace(form);
  await send(form, event.submitter);
}

async function send(form, submitter) {
  if (busy) return;
  busy = true;
  const was = document.activeElement?.getAttribute("aria-label");
  submitter?.setAttribute("aria-busy", "true");
  const extra = submitter?.name ? Object.assign(document.createElement("input"), { type: "hidden", name: submitter.name, value: submitter.value }) : null;
  if (extra) form.append(extra);
  try {
    show(await ask(submitter?.hasAttribute("formaction") ? submitter.formAction : form.action, { form }), was);
  } finally {
    extra?.remove();
    submitter?.removeAttribute("aria-busy");
    busy = false;
  }
}

async function onClick(event) {
  const link = event.target.closest("#orders a[data-part]");
  if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  show(await ask(link.href));
}

// A dose or a number of days that was changed is kept when the field is left, as by Enter.
function onChange(event) {
  if (event.target.matches("#orders .rx-n") && event.target.value.trim() !== event.target.defaultValue) send(event.target.form);
}

function onKey(event) {
  if (event.isComposing || !event.target.matches?.("#orders .rx-n")) return;
  if (event.key === "Escape") {
    event.target.value = event.target.defaultValue;
    event.target.blur();
  } else if (event.key === "Enter") {
    event.preventDefault();
    if (event.target.value.trim() === event.target.defaultValue) event.target.blur();
    else send(event.target.form);
  }
}

// ↑ and ↓ lead through the numbers of the prescription and the empty field of the next drug, round and round.
function walk(event) {
  const by = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (!by || event.isComposing || event.altKey || event.ctrlKey || event.metaKey || event.shiftKey) return;
  const here = event.target;
  if (!here.matches?.("#orders .rx-n, #orders input[data-key=r]") || (here.dataset.key && here.value)) return;
  const stops = [...column().querySelectorAll(".rx-n, input[data-key=r]")].filter((each) => each.offsetParent);
  event.preventDefault();
  stops.at((stops.indexOf(here) + by) % stops.length).focus();
}

// Puts the answer in its place; the caret goes where something is to be said, else stays where it was.
function show(answer, was) {
  if (!answer.html) return;
  const parsed = parse(answer.html);
  // The answer holds the prescription; what stands under it on the chart stays.
  for (const id of ["orders-more", "orders-foot"]) {
    const now = document.getElementById(id);
    const next = parsed.getElementById(id);
    if (now && next && !next.childElementCount) next.replaceWith(parsed.adoptNode(now));
  }
  if (!swap(parsed, "orders")) return location.reload();
  reveal(column()); // what an earlier visit was taken from stands in the other half
  document.dispatchEvent(new CustomEvent("karute:orders"));
  startTerms(column());
  ready();
  const wanted = column().querySelector("[aria-invalid], [autofocus]") ?? column().querySelector("[role=alert] ~ .od-x [data-safe], [role=alert] [data-safe]");
  const same = was && [...column().querySelectorAll("[aria-label]")].find((each) => each.getAttribute("aria-label") === was);
  const next = wanted ?? same ?? column().querySelector("input[data-key=r]");
  next?.focus({ preventScroll: !wanted });
  if (wanted?.select) wanted.select();
}

// What cannot be prescribed any more is searched by the head of its name.
function replace(form) {
  const field = column().querySelector("form[data-terms] input[name=q]");
  if (!field) return;
  field.value = form.elements.q.value;
  field.focus();
  field.dispatchEvent(new Event("input", { bubbles: true }));
}

function toasts() {
  const shown = column()?.querySelector("[data-toast]");
  if (shown) setTimeout(() => shown.remove(), TOAST_MS);
}

// Forms in which somebody writes for minutes (data-hold): what stands in them lies sealed in this browser until they have
// been sent, and comes back when the same form is opened again. For forms that lead to another page when all is well.
import { toast } from "./bar.js";
import { canKeep, forget, HELD, keep, kept, owner } from "./store.js";

const KEEP_MS = 300;

export async function startHold() {
  // Registered last: a form that another part stopped is not on its way.
  document.addEventListener("submit", (event) => {
    if (!event.defaultPrevented && event.target.matches("form[data-hold]")) hold(event.target, true);
  });
  if (!(await canKeep())) return;
  const forms = [...document.querySelectorAll("form[data-hold]")];
  const rows = await kept(HELD);
  for (const row of rows) {
    const form = forms.find((each) => each.getAttribute("action") === row.value.action);
    if (form) bring(form, row.value.fields);
    // What was sent led here: it arrived.
    else if (row.value.sent && document.referrer && new URL(document.referrer).pathname === row.value.from) forget(row.id, HELD);
  }
  for (const form of forms) {
    let timer = 0;
    form.addEventListener("input", () => {
      clearTimeout(timer);
      timer = setTimeout(() => hold(form), KEEP_MS);
    });
    form.addEventListener("submit", () => clearTimeout(timer));
  }
}

const written = (form) => [...form.elements].filter((field) => field.name && field.matches("textarea, input[type=text], input:not([type])"));

async function hold(form, sent = false) {
  if (!(await canKeep())) return false;
  const action = form.getAttribute("action");
  const fields = written(form).filter((field) => field.value !== field.defaultValue).map((field) => [field.name, field.value]);
  const id = await idOf(action);
  return fields.length ? keep({ action, fields, sent, from: location.pathname }, id, HELD) : forget(id, HELD);
}

// Addresses are not written down as they are.
export async function idOf(action) {
  const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(`${owner} ${action}`));
  return [...new Uint8Array(digest)].slice(0, 16).map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

function bring(form, fields) {
  const changed = [];
  for (const [name, value] of fields) {
    const field = written(form).find((each) => each.name === name);
    if (field && field.value !== value) {
      changed.push([field, field.value]);
      field.value = value;
    }
  }
  if (!changed.length) return;
  toast("書きかけの文を戻しました", { word: "もとの文にする", press: async (event) => {
    event.target.closest(".toasts").remove();
    for (const [field, value] of changed) field.value = value;
    await hold(form);
  } });
}

// 診療情報提供書: the record's script saves it. Here what the chart has goes to the cursor, presses are answered in place,
// and what came from the chart stays underlined while somebody types. And the ticks of the inbox are counted.
import { ask, parse, swap } from "./fragment.js";
import { type } from "./insert.js";
import { stand } from "./record-stand.js";
import { flush } from "./record.js";

let form;
let last; // the field that was written in
let check; // the look at the document that follows a field
let turn = Promise.resolve(); // presses go one after the other, so that no older answer stands last

export function startLetter() {
  document.getElementById("take")?.addEventListener("change", ({ currentTarget: take }) => {
    const words = take.querySelector("[data-count] span");
    words.textContent = words.textContent.replace(/^\d+/, take.querySelectorAll("[name=item]:checked").length);
  });
  form = document.querySelector("form.paper");
  if (!form) return;
  document.addEventListener("submit", onSubmit, true);
  document.addEventListener("click", toLine);
  document.addEventListener("keydown", back);
  document.addEventListener("karute:stood", ({ detail }) => shown(detail));
  form.addEventListener("change", ({ target }) => {
    if (target.name === "kind") form.requestSubmit(form.querySelector("[value=kind]"));
    // The document is judged once a field was left, not with every pause.
    else if (target.dataset.section) { clearTimeout(check); check = setTimeout(judge, 800); }
  });
  form.addEventListener("input", ({ target }) => target.dataset.section && underline(target));
  form.addEventListener("focusin", ({ target }) => { if (target.dataset.section) last = target; });
}

function judge() {
  const button = document.querySelector("#let-side [value=check]");
  if (button && !form.dataset.leaving) form.requestSubmit(button);
}

function onSubmit(event) {
  const way = event.submitter;
  if (event.target !== form || !way?.matches("[data-put], [data-act], [data-leave]")) return;
  event.stopPropagation();
  if (form.dataset.leaving) return;
  event.preventDefault();
  clearTimeout(check);
  if (way.dataset.put) put(way);
  else turn = turn.then(() => press(way)).catch(() => {});
}

async function press({ value, dataset }) {
  if (!(await flush())) return;
  // What was pressed may have been drawn anew meanwhile.
  const way = document.querySelector(`:is(#let-list, #let-side, #let-to, form.paper) button[value="${CSS.escape(value)}"]`);
  if (!way) return;
  if ("leave" in dataset) {
    form.dataset.leaving = "1";
    form.requestSubmit(way);
    return;
  }
  const answer = await ask(way.formAction, { form, submitter: way });
  if (!answer.ok && answer.status !== 422) location.reload();
  else stand(form, parse(answer.html), new Map(), false);
}

// Words of the chart, at the cursor of their field or at its end.
function put({ value, dataset: { put: words, into, joint } }) {
  const field = form.querySelector(`[data-section="${into}"]`);
  if (!field?.name) return;
  const at = last === field ? field.selectionStart : field.value.length;
  const apart = (text, meets) => (!text || meets(text, "\n") || meets(text, joint) ? "" : joint);
  const before = apart(field.value.slice(0, at), (text, end) => text.endsWith(end));
  const after = apart(field.value.slice(at), (text, start) => text.startsWith(start));
  enter(field);
  field.setSelectionRange(at, at);
  field.dataset.taken = `${field.dataset.taken ?? ""}${value.replace("insert.", "")}\n`;
  type(field, before + words + after);
  flush();
}

function enter(field) {
  const folded = field.closest("details");
  if (folded) folded.open = true;
  field.focus();
}

// The layer under a field says again what of it came from the chart.
function underline(field) {
  const layer = document.getElementById(`m-${field.dataset.section}`);
  const parts = [];
  let at = 0;
  for (const mark of [...layer.children]) {
    const from = field.value.indexOf(mark.textContent, at);
    if (from < 0) continue;
    parts.push(field.value.slice(at, from), mark);
    at = from + mark.textContent.length;
  }
  layer.replaceChildren(...parts, field.value.slice(at));
}

// What the server answered besides the texts. The focus stays on what was pressed.
function shown(parsed) {
  const held = document.activeElement?.closest("#let-list, #let-side, #let-to") ? document.activeElement.value : null;
  const found = document.getElementById("let-doc");
  for (const id of ["let-list", "let-side", "let-to"]) swap(parsed, id);
  const place = document.querySelector("#let-doc[data-stays]");
  if (found) place?.replaceWith(found);
  if (held) document.querySelector(`:is(#let-list, #let-side, #let-to) [value="${CSS.escape(held)}"]`)?.focus();
  for (const field of form.querySelectorAll("[data-section]")) {
    const { section } = field.dataset;
    swap(parsed, `f-${section}`);
    if (parsed.getElementById(`m-${section}`)?.textContent === field.value) swap(parsed, `m-${section}`);
  }
}

// What speaks against sending leads to its line.
function toLine(event) {
  const hash = event.target.closest("a[data-line]")?.hash;
  const field = hash && document.querySelector(`${hash} + dd textarea`);
  if (!field) return;
  event.preventDefault();
  enter(field);
}

async function back(event) {
  if (event.key !== "Escape" || event.isComposing || event.defaultPrevented || document.querySelector("dialog[open]")) return;
  if (await flush()) document.querySelector("[data-back]").click();
}

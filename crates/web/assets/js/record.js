// 今日の記録: saves while typing. Nothing typed is lost: what did not reach the server stays here and is sent again.
import { parse } from "./fragment.js";
import { fit, offline, online, put, say } from "./record-text.js";
import { startRecordKeys } from "./record-keys.js";

const IDLE_MS = 2_000;
const RETRY_MS = 5_000;
const HERE_MS = 60_000;
const REST_MS = 10 * 60_000;

let form;
let timer = 0;
let running = null;
let composing = false;
let cut = false; // the server cannot be reached
let touched = Date.now();
const refused = new Set(); // sections the server cannot take as they are; tried again when they change

export function startRecord() {
  form = document.getElementById("note-form");
  if (!form) return;
  const fields = () => [...form.querySelectorAll("[data-section]")];
  for (const field of fields()) fit(field);

  form.addEventListener("input", (event) => {
    const field = event.target.closest("[data-section]");
    if (!field) return;
    touched = Date.now();
    refused.delete(field.dataset.section);
    field.classList.remove("is-copied");
    field.parentElement.querySelector(".nt-from")?.remove();
    fit(field);
    later(IDLE_MS);
  });
  form.addEventListener("compositionstart", () => { composing = true; });
  form.addEventListener("compositionend", () => { composing = false; later(IDLE_MS); });
  form.addEventListener("focusout", () => { if (!composing) flush(); });
  form.addEventListener("submit", (event) => {
    const way = event.submitter;
    if (way?.matches("[data-copy]")) { event.preventDefault(); send("note/copy", fields()); }
    else if (way?.matches("[data-choice]")) { event.preventDefault(); choose(way); }
    else if (!way?.matches("[data-finish]")) { event.preventDefault(); flush(); }
    else if (!form.dataset.leaving) { event.preventDefault(); finish(way); }
  });
  addEventListener("online", () => flush());
  addEventListener("beforeunload", (event) => { if (dirty().length && !form.dataset.leaving) event.preventDefault(); });
  startRecordKeys(form, flush);
  here();
}

// The text a section began with: what the server knows.
const base = (field) => form.elements[`${field.dataset.section}_base`];
const dirty = () => [...form.querySelectorAll("[data-section][name]")].filter((f) => f.value !== base(f).value);

function later(ms) {
  clearTimeout(timer);
  timer = setTimeout(() => { if (composing) later(IDLE_MS); else flush(); }, ms);
}

export async function flush() {
  clearTimeout(timer);
  await quiet();
  const fields = dirty().filter((field) => !refused.has(field.dataset.section));
  if (!fields.length) return true;
  return send("note", fields);
}

// One question at a time: the answer of the one before has been put in place.
async function quiet() {
  while (running) await running.catch(() => {}).then(() => new Promise((done) => { setTimeout(done); }));
}

// Ends the visit only when everything typed has reached the server; otherwise the page stays with its text.
async function finish(button) {
  if (!(await flush()) || refused.size) return;
  // A browser drops what is submitted while it still tells of the press before; with nothing to save we are that early.
  await new Promise((done) => { setTimeout(done); });
  form.dataset.leaving = "1";
  form.requestSubmit(button);
}

async function send(what, fields, more = {}) {
  await quiet();
  const body = new URLSearchParams(more);
  const sent = new Map();
  for (const field of fields) {
    if (!field.name) continue;
    sent.set(field.dataset.section, field.value);
    body.set(field.name, field.value);
    body.set(`${field.name}_base`, base(field).value);
  }
  running = fetch(`${document.getElementById("note").dataset.note}/${what}`, {
    method: "POST", body, headers: { "x-fragment": "1" }, credentials: "same-origin",
  });
  try {
    const response = await running;
    if (response.status === 401) return failed("サインインが切れました。別のタブでサインインすると、書いた文はそのまま保存されます");
    const parsed = parse(await response.text());
    if (response.status === 422) {
      for (const section of sent.keys()) refused.add(section);
      say(parsed);
      return false;
    }
    if (!response.ok) return failed("保存できていません。くり返し送っています");
    reached();
    stand(parsed, sent);
    return true;
  } catch {
    return failed("通信が切れています");
  } finally {
    running = null;
    if (!cut && dirty().some((field) => !refused.has(field.dataset.section))) later(IDLE_MS);
  }
}

// Puts the sections as the server has them where nobody typed on.
function stand(parsed, sent) {
  for (const stands of parsed.querySelectorAll("[data-stands]")) {
    const section = stands.dataset.stands;
    const field = form.querySelector(`[data-section="${section}"]`);
    if (!field || !field.name) continue;
    const text = stands.textContent;
    const began = sent.has(section) ? sent.get(section) : base(field).value;
    if (field.value === began && !(composing && document.activeElement === field)) {
      if (field.value !== text) put(field, text);
      base(field).value = text;
    } else if (sent.get(section) === text) {
      base(field).value = text;
    }
    field.classList.toggle("is-copied", "copied" in stands.dataset && field.value === text);
  }
  for (const clash of parsed.querySelectorAll("[data-clash]")) showClash(document.adoptNode(clash), parsed);
  const vit = parsed.getElementById("vit");
  if (vit && sent.has("V")) document.getElementById("vit")?.replaceWith(document.adoptNode(vit));
  const seen = parsed.querySelector("[data-seen]");
  if (seen) form.elements.seen.value = seen.dataset.seen;
  say(parsed);
}

// A conflict takes the place of its field until somebody chooses.
function showClash(clash) {
  const field = form.querySelector(`[data-section="${clash.dataset.clash}"]`);
  form.querySelector(`[data-clash="${clash.dataset.clash}"]`)?.remove();
  if (!field) return;
  const focused = document.activeElement === field;
  field.hidden = true;
  field.removeAttribute("name");
  field.after(clash);
  if (focused) clash.focus();
}

async function choose(button) {
  const clash = button.closest("[data-clash]");
  const section = clash.dataset.clash;
  const field = form.querySelector(`[data-section="${section}"]`);
  const others = dirty().filter((f) => f.dataset.section !== section);
  if (!(await send("note/choose", others, { choice: button.value }))) return;
  if (!field) {
    form.dataset.leaving = "1";
    return location.reload();
  }
  // What was chosen comes with the sections as they stand.
  clash.remove();
  field.name = section;
  field.hidden = false;
  base(field).value = field.value;
  await here();
  field.focus();
}

function failed(words) {
  cut = true;
  offline(`${words}　未送信 ${dirty().length}欄。このまま書き続けられます（この画面を閉じないでください）`);
  clearTimeout(timer);
  timer = setTimeout(flush, RETRY_MS);
  return false;
}

function reached() {
  cut = false;
  online();
}

// Says that this record is open here, and hears who else has it open and what they wrote.
async function here() {
  const place = document.getElementById("note");
  try {
    if (!document.hidden && Date.now() - touched < REST_MS && !cut) {
      const response = await fetch(`${place.dataset.note}/note/here`, { method: "POST", headers: { "x-fragment": "1" }, body: new URLSearchParams() });
      if (response.ok) {
        const parsed = parse(await response.text());
        const names = parsed.getElementById("note-here");
        if (names) document.getElementById("note-here")?.replaceWith(document.adoptNode(names));
        if (!running) stand(parsed, new Map());
      }
    }
  } catch { /* seen with the next save */ }
  clearTimeout(here.timer);
  here.timer = setTimeout(here, HERE_MS);
}

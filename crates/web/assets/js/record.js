// 今日の記録: saves while typing. Nothing typed is lost: what did not reach the server stays in this page and, sealed, in
// this browser, and is sent again.
import { bar } from "./bar.js";
import { isOfSomebodyElse, parse, send as post } from "./fragment.js";
import { cutSince, probe } from "./net.js";
import { base, here, inputOf, stand } from "./record-stand.js";
import { fit, say } from "./record-text.js";
import { startRecordKeys } from "./record-keys.js";
import { canKeep, forget, keep } from "./store.js";

const IDLE_MS = 2_000;
const KEEP_MS = 200;
const RETRY_MS = 5_000;

let form;
let timer = 0;
let keeping = 0;
let running = null;
let composing = false;
let touched = Date.now();
let safe = false; // what is unsent lies in this browser's store
let unheard = null; // texts sent without an answer: they may have arrived, so they go again before anything newer
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
    safe = false;
    clearTimeout(keeping);
    keeping = setTimeout(hold, KEEP_MS);
  });
  form.addEventListener("compositionstart", () => { composing = true; });
  form.addEventListener("compositionend", () => { composing = false; later(IDLE_MS); });
  form.addEventListener("focusout", () => { if (!composing) flush(); });
  form.addEventListener("submit", (event) => {
    const way = event.submitter;
    if (way?.matches("[data-copy]")) { event.preventDefault(); send("note/copy", texts(fields())); }
    else if (way?.matches("[data-choice]")) { event.preventDefault(); choose(way); }
    else if (!way?.matches("[data-finish]")) { event.preventDefault(); flush(); }
    else if (!form.dataset.leaving) { event.preventDefault(); finish(way); }
  });
  for (const name of ["karute:reached", "karute:unlocked"]) document.addEventListener(name, () => flush());
  document.addEventListener("karute:resent", ({ detail }) => stand(form, detail, new Map(), composing));
  document.addEventListener("visibilitychange", () => { if (document.hidden) hold(); });
  addEventListener("beforeunload", (event) => { if (!safe && dirty().length && !form.dataset.leaving) event.preventDefault(); });
  startRecordKeys(form, flush);
  here(form, state);
}

const state = () => ({ touched, composing, busy: Boolean(running) });

const dirty = () => [...form.querySelectorAll("[data-section][name]")].filter((f) => f.value !== base(form, f).value);
const texts = (fields) => new Map(fields.filter((f) => f.name).map((f) => [f.dataset.section, { text: f.value, base: base(form, f).value, taken: f.dataset.taken }]));

function later(ms) {
  clearTimeout(timer);
  timer = setTimeout(() => { if (composing) later(IDLE_MS); else flush(); }, ms);
}

// Keeps in this browser what the server has not confirmed; nothing when it has everything.
async function hold() {
  clearTimeout(keeping);
  const now = Object.fromEntries(texts(dirty()));
  for (const [section, { text, base: from }] of unheard ?? []) {
    const field = inputOf(form, section);
    now[section] = { text: field?.name ? field.value : text, base: from, sent: text };
  }
  const who = document.querySelector(".pt-name b")?.textContent ?? "";
  const value = { note: document.getElementById("note").dataset.note, who, texts: now };
  safe = await (Object.keys(now).length ? keep(value) : forget());
}

// Sends what is unsent. Answers whether the server has everything it can take.
export async function flush() {
  if (!form) return true;
  clearTimeout(timer);
  await quiet();
  if (!dirty().length && !unheard) return true;
  if (cutSince() && !(await probe())) return false;
  if (unheard && !(await send("note", unheard))) return false;
  const fields = dirty().filter((field) => !refused.has(field.dataset.section));
  return !fields.length || send("note", texts(fields));
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

async function send(what, sent, more = {}) {
  await quiet();
  const body = new URLSearchParams(more);
  for (const [section, { text, base: from, taken }] of sent) {
    body.set(section, text);
    body.set(`${section}_base`, from);
    if (taken) body.set(`${section}_taken`, taken);
  }
  let again = RETRY_MS;
  running = ask(`${document.getElementById("note").dataset.note}/${what}`, body);
  try {
    const { response, html } = await running;
    unheard = null;
    if (isOfSomebodyElse(response)) return failed("other");
    if (response.status === 401) return failed("session");
    if (response.status === 423) document.dispatchEvent(new CustomEvent("karute:locked"));
    const parsed = parse(html);
    if (response.status === 422) {
      for (const section of sent.keys()) refused.add(section);
      say(parsed);
      return false;
    }
    if (!response.ok) return failed(response.status === 423 ? "locked" : "failing");
    for (const cause of ["session", "failing"]) bar(cause);
    stand(form, parsed, sent, composing);
    again = IDLE_MS;
    return true;
  } catch {
    if (sent.size) unheard = sent;
    return false;
  } finally {
    running = null;
    await hold();
    // What is cut or locked goes on by itself when that is over.
    const waits = cutSince() || document.body.classList.contains("is-locked");
    if (!waits && dirty().some((field) => !refused.has(field.dataset.section))) later(again);
  }
}

async function ask(url, body) {
  const response = await post(url, { method: "POST", body });
  return { response, html: await response.text() };
}

async function choose(button) {
  const clash = button.closest("[data-clash]");
  const section = clash.dataset.clash;
  const field = inputOf(form, section);
  const others = dirty().filter((f) => f.dataset.section !== section);
  if (!(await send("note/choose", texts(others), { choice: button.value }))) return;
  if (!field) {
    form.dataset.leaving = "1";
    return location.reload();
  }
  // What was chosen comes with the sections as they stand.
  clash.remove();
  field.name = section;
  field.hidden = false;
  base(form, field).value = field.value;
  await here(form, state);
  field.focus();
}

// Why it could not be saved, and that nothing is lost.
async function failed(cause) {
  const where = (await canKeep()) ? "書いた文はこの端末に残っています" : "書いた文はこの画面に残っています。閉じないでください";
  if (cause === "session") bar(cause, { title: "サインインが切れました", words: `${where}。もう一度サインインすると送ります`, act: { word: "サインインする", href: "/sign-in" } });
  if (cause === "failing") bar(cause, { title: "保存できていません", words: `${where}。くり返し送っています` });
  if (cause === "other") document.dispatchEvent(new CustomEvent("karute:somebody-else"));
  return false;
}

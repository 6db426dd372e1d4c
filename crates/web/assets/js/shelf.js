// Charts that were opened today can be read again while the server cannot be reached (ux §6): what each of them showed
// lies sealed in this browser like unsent text, for as long, and goes with signing out. It is a copy to be read: nothing
// on it can be pressed or written.
import { CHARTS, forget, keep, kept } from "./store.js";

const MOST = 60;
// What a chart fetches when it is drawn has arrived by then.
const SETTLED_MS = 1_500;
const GONE = "script, button, dialog, search, [type=hidden], .btn, .kbd, .od-f, .tr-more, .rx-states, [data-fetch], .ch-side";

const patientOf = (href) => new URL(href, location.href).pathname.match(/^\/p\/[^/]+/)?.[0];
const clock = (at) => new Date(at).toLocaleTimeString("ja-JP", { hour: "numeric", minute: "2-digit" });

export function startShelf() {
  const path = patientOf(location.href);
  if (path && document.querySelector("main.ch")) setTimeout(() => put(path), SETTLED_MS);
}

async function put(path) {
  const [header, main] = document.querySelectorAll(".main > header, main.ch");
  const name = document.querySelector(".pt-name b")?.textContent ?? "";
  if (!main) return;
  const parts = [header, main].map((part) => ({ kind: part.className, html: still(part) }));
  await keep({ name, parts }, path, CHARTS);
  const all = await kept(CHARTS);
  for (const { id } of all.slice(0, Math.max(0, all.length - MOST))) await forget(id, CHARTS);
}

// The words of a part, as they stand in its fields now.
function still(part) {
  const copy = part.cloneNode(true);
  const fields = part.querySelectorAll("input, textarea, select");
  for (const [at, field] of copy.querySelectorAll("input, textarea, select").entries()) {
    const { type, value } = fields[at];
    const words = ["checkbox", "radio", "hidden", "submit"].includes(type) ? "" : value;
    field.replaceWith(Object.assign(document.createElement("span"), { className: "kept-t", textContent: words }));
  }
  for (const gone of copy.querySelectorAll(GONE)) gone.remove();
  for (const element of copy.querySelectorAll("*")) {
    for (const { name } of [...element.attributes]) {
      if (/^(id|href|for|action|data-.*)$/.test(name) && element.localName !== "use") element.removeAttribute(name);
    }
  }
  return copy.innerHTML;
}

// The copy of the chart that a link leads to. Answers whether there is one.
export async function openKept(href) {
  const path = patientOf(href);
  const found = path && (await kept(CHARTS)).find(({ id }) => id === path);
  if (found) show(found);
  return Boolean(found);
}

// How many there are, and the way to them: for the bar.
export async function shelf() {
  const all = await kept(CHARTS);
  return all.length ? { word: `今日開いたカルテを読む（${all.length}）`, press: () => list(all.reverse()) } : undefined;
}

function list(all) {
  const dialog = open("shelf-l", "今日開いたカルテ");
  for (const one of all) {
    const button = part(dialog, "button", "btn btn-g", `${one.value.name}　${clock(one.at)} の内容`);
    button.addEventListener("click", () => { dialog.close(); show(one); });
  }
}

function show({ at, value }) {
  const dialog = open("shelf", `${clock(at)} に開いたときの内容です。読むだけで、書き込みはできません`);
  for (const { kind, html } of value.parts) {
    part(dialog, "div", kind).append(...new DOMParser().parseFromString(html, "text/html").body.childNodes);
  }
}

function open(kind, words) {
  const dialog = Object.assign(document.createElement("dialog"), { className: `shelf ${kind}` });
  const head = part(dialog, "header", "shelf-h");
  part(head, "h2", "", words).id = "shelf-h";
  dialog.setAttribute("aria-labelledby", "shelf-h");
  part(head, "button", "btn end", "閉じる").addEventListener("click", () => dialog.close());
  dialog.addEventListener("close", () => dialog.remove());
  document.body.append(dialog);
  dialog.showModal();
  return dialog;
}

function part(into, kind, className, words = "") {
  return into.appendChild(Object.assign(document.createElement(kind), { className, textContent: words }));
}

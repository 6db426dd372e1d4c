// 受付一覧: selecting a row and taking its next step without a new page, and live updates.
import { ask, parse, send, swap } from "./fragment.js";

const REREAD_MS = 60_000; // what other ways than our screens changed is seen after this time
const REST_MS = 10 * 60_000; // an untouched screen stops asking, so that the session can end by idleness

let touched = Date.now();
let turn = Promise.resolve();
let wanted = 0;

export function startReception() {
  if (!document.getElementById("reception-list")) return;
  document.addEventListener("click", onClick);
  document.addEventListener("submit", onSubmit);
  for (const kind of ["pointerdown", "keydown"]) addEventListener(kind, () => { touched = Date.now(); }, { passive: true });
  watch();
}

const list = () => document.getElementById("reception-list");

// A press anywhere in a row selects it; buttons and links keep their own meaning.
function onClick(event) {
  if (event.ctrlKey || event.metaKey || event.shiftKey || event.button !== 0) return;
  const row = event.target.closest("tr[data-visit]");
  if (!row) return;
  const pick = event.target.closest("a.rc-pick");
  if (!pick && event.target.closest("a, button, form")) return;
  event.preventDefault();
  const link = row.querySelector("a.rc-pick");
  // Of several rows pressed while an answer is on its way, the last one counts.
  const mine = ++wanted;
  if (link) inTurn(() => mine === wanted && show(new URL(link.href), { push: true, focus: Boolean(pick) })).catch(() => {});
}

// One question at a time: what is pressed while the list is read again waits its turn and is not dropped.
function inTurn(act) {
  const done = turn.then(act);
  turn = done.catch(() => {});
  return done;
}

// Shows the list and the card for an address of the screen.
async function show(url, { push = false, focus = false } = {}) {
  const rows = new URL(url);
  rows.pathname = "/reception/rows";
  const answer = await ask(rows);
  if (!answer.ok) return location.assign(url);
  const before = versions();
  const parsed = parse(answer.html);
  swap(parsed, "reception-list");
  swap(parsed, "reception-card");
  mark(before);
  hush();
  if (push) history.replaceState(null, "", url);
  if (focus) document.querySelector("a.rc-pick[aria-current]")?.focus({ preventScroll: true });
}

// The next step of a row: posted, answered with the list as it is now.
function onSubmit(event) {
  const form = event.target;
  if (!form.matches("form[data-act]")) return;
  event.preventDefault();
  const button = event.submitter ?? form.querySelector("button");
  if (button.hasAttribute("aria-busy")) return;
  button.setAttribute("aria-busy", "true");
  inTurn(() => take(form, event.submitter, button));
}

async function take(form, submitter, button) {
  try {
    const before = versions();
    const answer = await ask(form.action, { form, submitter });
    if (answer.ok) form.closest("dialog")?.close();
    else {
      const shown = parse(answer.html).querySelector(".st");
      tell(shown ? [...shown.querySelectorAll("b, p")].map((n) => n.textContent).join("　") : "できませんでした。");
      return await reread();
    }
    const parsed = parse(answer.html);
    swap(parsed, "reception-list");
    swap(parsed, "reception-card");
    mark(before);
    hang(parsed.getElementById("done"));
    hush();
  } catch {
    tell("サーバーに届きませんでした。通信を確かめて、もう一度押してください。何も変えていません。");
  } finally {
    button.removeAttribute("aria-busy");
  }
}

async function reread() {
  const url = new URL(list().dataset.rows, location.href);
  url.pathname = "/reception";
  await show(url);
}

function versions() {
  return new Map([...document.querySelectorAll("tr[data-visit]")].map((row) => [row.dataset.visit, row.dataset.version]));
}

// What another desk just did stands in its row for five seconds.
function hush() {
  for (const said of document.querySelectorAll("[data-news]")) setTimeout(() => said.remove(), 5_000);
}

// A row that changed fades in; nothing else moves.
function mark(before) {
  for (const row of document.querySelectorAll("tr[data-visit]")) {
    if (before.size && before.get(row.dataset.visit) !== row.dataset.version) row.classList.add("is-new");
  }
}

// Words at the foot of the screen, for ten seconds.
function tell(words) {
  const box = document.createElement("div");
  box.className = "toasts";
  const toast = document.createElement("div");
  toast.className = "toast";
  toast.setAttribute("role", "alert");
  toast.append(Object.assign(document.createElement("span"), { textContent: words }));
  box.append(toast);
  hang(box);
}

function hang(box) {
  for (const old of document.querySelectorAll("body > .toasts")) old.remove();
  if (!box) return;
  document.body.append(document.adoptNode(box));
  setTimeout(() => box.remove(), 10_000);
}

// Asks whether anything changed; the answer comes as soon as something did.
async function watch() {
  let read = Date.now();
  for (;;) {
    const now = list();
    if (!now || !("live" in now.dataset)) return;
    if (document.hidden || Date.now() - touched > REST_MS) {
      words("自動更新を休止中");
      await pause(2_000);
      continue;
    }
    try {
      const response = await send(`/reception/changes?mark=${encodeURIComponent(now.dataset.mark)}`, { headers: { "x-background": "1" } });
      if (response.status === 423) {
        document.dispatchEvent(new CustomEvent("karute:locked"));
        await pause(2_000);
        continue;
      }
      if (response.status === 401) return location.assign("/sign-in");
      if (response.status === 200 || (response.status === 204 && Date.now() - read > REREAD_MS)) {
        await inTurn(reread);
        read = Date.now();
      } else if (response.status !== 204) {
        words("更新できません。再接続しています");
        await pause(5_000);
      }
    } catch {
      words("通信が切れています。再接続しています");
      await pause(5_000);
    }
  }
}

function words(text) {
  const place = document.querySelector("[data-live-words]");
  if (place) place.lastChild.textContent = text;
}

const pause = (ms) => new Promise((resolve) => { setTimeout(resolve, ms); });

// Leaving a screen. While the server cannot be reached nothing that was typed is given up for a page that cannot come;
// and nobody signs out over text that has not been sent without being told.
import { bar } from "./bar.js";
import { cutSince, probe } from "./net.js";
import { flush } from "./record.js";
import { openKept } from "./shelf.js";
import { clear, count, HELD } from "./store.js";
import { resend } from "./unsent.js";

const SAID_MS = 6_000;

export function startLeave() {
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (event.defaultPrevented || form.method === "dialog") return;
    if (form.getAttribute("action") === "/sign-out") {
      event.preventDefault();
      signOut(form);
    } else if (cutSince()) {
      event.preventDefault();
      const submitter = event.submitter;
      whenThere(() => form.requestSubmit(submitter), "いまは送れません", "書いた内容はこの画面に残っています。つながってから、もう一度押してください");
    }
  });
  document.addEventListener("click", (event) => {
    const link = event.target.closest("a[href]");
    if (!link || !cutSince() || event.defaultPrevented || event.button || event.ctrlKey || event.metaKey || event.shiftKey) return;
    if (link.target || link.origin !== location.origin || link.getAttribute("href").startsWith("#")) return;
    event.preventDefault();
    event.stopPropagation();
    whenThere(() => link.click(), "いまは開けません", "この画面はそのまま使えます。つながってから、もう一度押してください", () => openKept(link.href));
  }, true);
}

// Does it when the server answers after all; otherwise what can be done without it, or says so.
async function whenThere(act, title, words, instead) {
  if (await probe()) return act();
  if (await instead?.()) return;
  bar("cut", { title, words });
  setTimeout(() => { if (cutSince()) document.dispatchEvent(new CustomEvent("karute:cut")); }, SAID_MS);
}

async function signOut(form) {
  if (cutSince() && !(await probe())) return whenThere(() => {}, "いまは退出できません", "画面をロックして席を離れてください。書いた内容はこの端末に残っています");
  await flush();
  await resend();
  const waiting = (await count()) + (await count(HELD));
  if (waiting && !(await sure(waiting))) return;
  await clear();
  form.submit();
}

// Whether the person leaves all the same.
function sure(waiting) {
  const dialog = document.createElement("dialog");
  dialog.className = "lock";
  dialog.setAttribute("aria-labelledby", "leave-h");
  const add = (kind, words, className = "") => dialog.appendChild(Object.assign(document.createElement(kind), { textContent: words, className }));
  add("h2", "まだ保存していない文があります").id = "leave-h";
  add("p", `${waiting}件。いま退出すると、この端末から消えます。`);
  return new Promise((resolve) => {
    const stay = add("button", "退出しない", "btn btn-p btn-lg");
    const go = add("button", "消して退出する", "btn btn-lg");
    stay.addEventListener("click", () => dialog.close());
    go.addEventListener("click", () => dialog.close("go"));
    dialog.addEventListener("close", () => { dialog.remove(); resolve(dialog.returnValue === "go"); });
    document.body.append(dialog);
    dialog.showModal();
    stay.focus();
  });
}

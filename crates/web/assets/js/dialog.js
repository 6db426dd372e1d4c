// Links that open over the page: the same part that the link's own page shows, in a dialog. Without script the link is a link.
import { ask, parse } from "./fragment.js";
import { startSearch } from "./search.js";

const QUIET_MS = 200; // what is faster shows nothing in between

export function startDialog() {
  document.addEventListener("click", (event) => {
    const link = event.target.closest("a[data-dialog]");
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey || event.button !== 0 || event.defaultPrevented) return;
    event.preventDefault();
    open(link);
  });
  const print = document.querySelector("[data-print-now]");
  if (print) {
    print.addEventListener("click", () => window.print());
    window.print();
  }
}

async function open(link) {
  // What takes long opens with the shape of what comes.
  let dialog = document.querySelector("dialog[open]");
  const wait = setTimeout(() => {
    dialog ??= make(link);
    dialog.querySelector(".dlg-b").replaceChildren(skeleton());
  }, QUIET_MS);
  const answer = await ask(link.href).catch(() => ({ ok: false }));
  clearTimeout(wait);
  if (!answer.ok) return location.assign(link.href);
  dialog ??= make(link);
  const inner = dialog.querySelector(".dlg-b");
  inner.replaceChildren(...[...parse(answer.html).body.children].map((node) => document.adoptNode(node)));
  const title = inner.querySelector("h2");
  if (title) {
    title.id = "dialog-title";
    dialog.setAttribute("aria-labelledby", title.id);
  }
  startSearch(inner);
  document.dispatchEvent(new CustomEvent("karute:dialog"));
  (inner.querySelector("[autofocus]") ?? inner.querySelector("input, select, button, a"))?.focus();
}

function skeleton() {
  const shape = Object.assign(document.createElement("div"), { className: "skel" });
  for (let n = 0; n < 4; n += 1) shape.append(document.createElement("i"));
  const words = Object.assign(document.createElement("span"), { className: "vh", textContent: "読み込んでいます" });
  words.setAttribute("role", "status");
  shape.append(words);
  return shape;
}

// One dialog at a time; the browser's "back" closes it, and the focus returns to what opened it.
function make(opener) {
  const dialog = document.createElement("dialog");
  dialog.className = "dlg";
  const close = document.createElement("button");
  close.type = "button";
  close.className = "btn btn-g dlg-x";
  close.textContent = "閉じる";
  close.addEventListener("click", () => dialog.close());
  const inner = document.createElement("div");
  inner.className = "dlg-b";
  dialog.append(inner, close);
  document.body.append(dialog);
  const back = () => dialog.close();
  dialog.addEventListener("click", (event) => { if (event.target === dialog) dialog.close(); });
  dialog.addEventListener("close", () => {
    dialog.remove();
    removeEventListener("popstate", back);
    if (history.state?.dialog) history.back();
    const again = opener.isConnected ? opener : document.querySelector(`a[href="${CSS.escape(opener.getAttribute("href"))}"]`);
    again?.focus({ preventScroll: true });
  });
  history.pushState({ dialog: true }, "");
  addEventListener("popstate", back);
  dialog.showModal();
  return dialog;
}

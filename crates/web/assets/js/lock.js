// Locks the screen after the idle time of the clinic, or when the server says that it is locked. What is typed stays in
// the page, out of sight and out of reach, until the person proves who they are.
import { ask } from "./fragment.js";

let touched = Date.now();
let opener = null;
let caret = []; // where it stood in the opener; a browser forgets it while the field is out of sight

export function startLock() {
  const app = document.querySelector("[data-idle]");
  const dialog = document.getElementById("lock");
  if (!app || !dialog) return;
  for (const name of ["pointerdown", "keydown", "wheel", "touchstart"]) {
    addEventListener(name, () => { if (!dialog.open) touched = Date.now(); }, { passive: true, capture: true });
  }
  const idle = Number(app.dataset.idle);
  setInterval(() => { if (!dialog.open && Date.now() - touched >= idle) lock(); }, 5_000);
  document.addEventListener("karute:locked", show);
  document.querySelector("[data-lock]")?.addEventListener("submit", (event) => { event.preventDefault(); lock(); });
  dialog.addEventListener("cancel", (event) => event.preventDefault());
  dialog.querySelector("[data-unlock]").addEventListener("submit", unlock);
}

function lock() {
  show();
  // Hidden at once; whether the server has heard of it changes nothing of what is seen.
  fetch("/lock", { method: "POST", headers: { "x-fragment": "1" } }).catch(() => {});
}

function show() {
  const dialog = document.getElementById("lock");
  if (dialog.open) return;
  opener = document.activeElement;
  caret = [opener?.selectionStart, opener?.selectionEnd];
  document.body.classList.add("is-locked");
  dialog.showModal();
  dialog.querySelector("input[name=proof]").focus();
}

async function unlock(event) {
  event.preventDefault();
  event.stopPropagation();
  const form = event.target;
  const problem = form.querySelector("[data-unlock-problem]");
  problem.textContent = "";
  let answer;
  try {
    answer = await ask("/unlock", { form });
  } catch {
    problem.textContent = "通信が切れています。つながってから、もう一度押してください。";
    return;
  }
  form.proof.value = "";
  if (answer.ok) {
    document.getElementById("lock").close();
    document.body.classList.remove("is-locked");
    touched = Date.now();
    opener?.focus?.();
    if (typeof caret[0] === "number") opener.setSelectionRange(...caret);
    document.dispatchEvent(new CustomEvent("karute:unlocked"));
  } else {
    problem.textContent = answer.status < 500 ? answer.html : "いま解除できません。少し待ってから、もう一度押してください。";
    form.proof.focus();
  }
}

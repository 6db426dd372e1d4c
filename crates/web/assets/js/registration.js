// 患者の登録: fields say how they were read, and a postal code fills the address in. And the display of the waiting room.
import { ask, parse, swap } from "./fragment.js";

export function startRegistration() {
  for (const form of document.querySelectorAll("form[data-register]")) watch(form);
  const board = document.querySelector("[data-board]");
  if (board) follow(board.dataset.board);
}

function watch(form) {
  const fields = form.elements;
  let before = "";
  const look = async (named) => {
    const answer = await ask("/patients/read", { form }).catch(() => ({ ok: false }));
    if (!answer.ok) return;
    const parsed = parse(answer.html);
    const read = parsed.getElementById("kana-read");
    const told = parsed.getElementById("postal-told");
    if (named === "birth") swap(parsed, "birth-echo");
    for (const part of ["family", "given"]) {
      // Kana that could be read become what is kept; anything else stays for the person to mend.
      if (named === `${part}_kana` && read.dataset[part]) fields[named].value = read.dataset[part];
    }
    if (named === "postal" && fields.postal.value !== before) {
      before = fields.postal.value;
      if (told.dataset.found === "true") {
        fields.state.value = told.dataset.state;
        fields.city.value = told.dataset.city;
      }
      swap(parsed, "postal-told");
    }
  };
  form.addEventListener("change", (event) => {
    if (["birth", "postal", "family_kana", "given_kana"].includes(event.target.name)) look(event.target.name);
  });
  // The button beside the postal code asks for the same without leaving the page.
  form.addEventListener("click", (event) => {
    if (event.target.closest("button[name=act]")) {
      event.preventDefault();
      before = "";
      look("postal");
    }
  });
  // Enter in a field moves on; the form is registered by its button (an IME's Enter never is).
  form.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && event.target.matches("input:not([type=checkbox])") && !event.ctrlKey) {
      event.preventDefault();
      if (event.isComposing || event.keyCode === 229) return;
      const all = [...form.querySelectorAll("input:not([type=hidden]), select, button.btn-p")].filter((f) => f.offsetParent);
      all[all.indexOf(event.target) + 1]?.focus();
    }
  });
}

// Reads the display again as soon as the list changed.
async function follow(mark) {
  for (;;) {
    try {
      const response = await fetch(`/reception/changes?mark=${encodeURIComponent(mark)}`, { headers: { "x-fragment": "1" } });
      if (response.status === 401) return location.assign("/sign-in");
      if (response.status === 200) return location.reload();
      if (response.status !== 204) await pause(5_000);
    } catch {
      await pause(5_000);
    }
  }
}

const pause = (ms) => new Promise((resolve) => { setTimeout(resolve, ms); });

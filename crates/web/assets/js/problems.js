// Forms that change one block of a page: posted as a fragment, answered with the block as it is now (data-part). And
// keys that lead to a field (data-key-field).
import { ask, parse, swap } from "./fragment.js";
import { startTerms } from "./terms.js";

export function startParts() {
  document.addEventListener("submit", onSubmit);
  document.addEventListener("keydown", onKey);
}

async function onSubmit(event) {
  const form = event.target;
  const block = form.closest("#problems-block");
  if (!form.matches("form[data-part]") || !block || event.defaultPrevented) return;
  event.preventDefault();
  if (block.getAttribute("aria-busy") === "true") return;
  block.setAttribute("aria-busy", "true");
  try {
    const answer = await ask(form.action, { form });
    const parsed = parse(answer.html);
    // An answer without the block is an error page or a page of its own: shown as a browser would.
    if (!swap(parsed, block.id)) return form.submit();
    const now = document.getElementById(block.id);
    startTerms(now);
    field(now)?.focus({ preventScroll: true });
  } catch {
    block.removeAttribute("aria-busy");
    const words = document.createElement("p");
    words.className = "t-13 t-danger";
    words.setAttribute("role", "alert");
    words.textContent = "サーバーに届きませんでした。何も変えていません。もう一度押してください。";
    block.prepend(words);
  }
}

function field(block) {
  return block?.querySelector("[data-key-field] input[name=q]");
}

function onKey(event) {
  if (event.isComposing || event.keyCode === 229 || event.defaultPrevented) return;
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.target.closest("input, textarea, select, [contenteditable], dialog")) return;
  const found = document.querySelector(`[data-key-field="${CSS.escape(event.key.toLowerCase())}"] input[name=q]`);
  if (!found) return;
  event.preventDefault();
  found.focus();
}

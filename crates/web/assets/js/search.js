// 患者を探す: answers per key, also while kana are still being composed.
import { ask, parse } from "./fragment.js";

const COMPOSING_MS = 40;
const TYPING_MS = 120;

export function startSearch(root = document) {
  for (const form of root.querySelectorAll("form[data-search]")) watch(form);
}

function watch(form) {
  const field = form.elements.q;
  const place = form.parentElement.querySelector("[data-answer]");
  let timer = 0;
  let running = null;

  const close = () => {
    running?.abort();
    place.replaceChildren();
  };

  const look = async () => {
    running?.abort();
    if (field.value.trim().length < 2) return close();
    running = new AbortController();
    try {
      const answer = await ask(form.action, { form, signal: running.signal });
      if (!answer.ok) return;
      const found = parse(answer.html).querySelector(".find-pop");
      if (found) place.replaceChildren(document.adoptNode(found));
    } catch (error) {
      if (error.name !== "AbortError") close();
    }
  };

  field.addEventListener("input", (event) => {
    clearTimeout(timer);
    timer = setTimeout(look, event.isComposing ? COMPOSING_MS : TYPING_MS);
  });

  // Enter that ends a composition only commits it (Safari ends it with key code 229).
  field.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && (event.isComposing || event.keyCode === 229)) event.preventDefault();
    if (event.key === "Escape" && place.firstChild) {
      event.stopPropagation();
      event.preventDefault(); // the dialog around it stays open
      close();
    }
    const only = place.querySelectorAll("a[data-enter]");
    if (event.key === "Enter" && !event.defaultPrevented && only.length === 1) {
      event.preventDefault();
      only[0].click();
    }
    if (event.key === "ArrowDown") {
      const first = place.querySelector("a");
      if (first) {
        event.preventDefault();
        first.focus();
      }
    }
  });

  // Arrow keys walk the answers; Escape leads back to the field.
  place.addEventListener("keydown", (event) => {
    if (event.key === "Escape") {
      close();
      field.focus();
    }
    if (event.key !== "ArrowDown" && event.key !== "ArrowUp") return;
    event.preventDefault();
    const names = [...place.querySelectorAll("a.hit-n")];
    const at = names.indexOf(document.activeElement.closest(".hit")?.querySelector("a.hit-n"));
    const next = names[at + (event.key === "ArrowDown" ? 1 : -1)];
    (next ?? field).focus();
  });

  document.addEventListener("click", (event) => {
    if (!form.parentElement.contains(event.target)) close();
  });
}

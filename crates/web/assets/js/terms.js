// Searching the masters per key (ux §8). The list is a listbox of the field; what is chosen fills the form named by
// data-take and is posted by it, as a button of the page without script would.
import { ask, parse } from "./fragment.js";

const COMPOSING_MS = 40;
const STILL_MS = 300; // rows keep their place for so long under a pointer
let made = 0;

export function startTerms(root = document) {
  for (const form of root.querySelectorAll("form[data-terms]")) watch(form);
}

function watch(form) {
  const field = form.elements.q;
  const place = form.parentElement.querySelector("[data-answer]");
  const told = form.parentElement.querySelector("[data-told]");
  const prefix = `terms-${++made}`;
  let timer = 0;
  let running = null;
  let changed = 0;
  let composing = false;

  field.setAttribute("role", "combobox");
  field.setAttribute("aria-autocomplete", "list");
  field.setAttribute("aria-expanded", "false");

  const options = () => [...place.querySelectorAll("[role=option]")];
  const active = () => options().find((option) => option.getAttribute("aria-selected") === "true");

  const select = (option) => {
    for (const other of options()) other.setAttribute("aria-selected", String(other === option));
    if (option) {
      field.setAttribute("aria-activedescendant", option.id);
      option.scrollIntoView({ block: "nearest" });
    } else {
      field.removeAttribute("aria-activedescendant");
    }
  };

  const close = () => {
    clearTimeout(timer);
    running?.abort();
    running = null;
    place.replaceChildren();
    field.setAttribute("aria-expanded", "false");
    field.removeAttribute("aria-activedescendant");
    field.removeAttribute("aria-controls");
  };

  const show = (html) => {
    const answer = parse(html);
    const found = answer.querySelector(".pop");
    if (!found) return;
    const echo = answer.querySelector("[data-echo]"); // what was understood of the rest of the line
    if (echo) found.prepend(echo);
    place.replaceChildren(document.adoptNode(found));
    changed = Date.now();
    for (const [n, option] of options().entries()) option.id = `${prefix}-${n}`;
    const list = place.querySelector("[role=listbox]");
    if (list) {
      list.id = `${prefix}-list`;
      field.setAttribute("aria-controls", list.id);
    }
    field.setAttribute("aria-expanded", String(Boolean(list)));
    // Enter may choose the first row only where the server allows it (SRCH-05, SRCH-13).
    const first = options()[0];
    select(first && "enter" in first.dataset ? first : null);
    told.textContent = list ? `候補 ${options().length}件、全件 ${found.dataset.count}` : "見つかりません";
  };

  const look = async () => {
    running?.abort();
    if (!field.value.trim()) return close();
    const mine = new AbortController();
    running = mine;
    try {
      const answer = await ask("find" in form.dataset ? form.action : "/terminology/search", { form, signal: mine.signal });
      if (running !== mine || !answer.ok) return;
      const still = place.matches(":hover") ? STILL_MS - (Date.now() - changed) : 0;
      if (still > 0) await new Promise((resolve) => { setTimeout(resolve, still); });
      if (running === mine) show(answer.html);
    } catch (error) {
      if (error.name !== "AbortError") close();
    }
  };

  const take = (option) => {
    const target = document.getElementById(form.dataset.take);
    for (const name of ["system", "code", "display", "nhi", "modifiers"]) {
      if (target.elements[name]) target.elements[name].value = option.dataset[name];
    }
    if (target.elements.q) target.elements.q.value = field.value;
    close();
    field.value = "";
    target.requestSubmit();
  };

  const move = (by) => {
    const all = options();
    if (!all.length) return;
    const at = all.indexOf(active());
    select(all[at < 0 ? (by > 0 ? 0 : all.length - 1) : Math.max(0, Math.min(all.length - 1, at + by))]);
  };

  field.addEventListener("compositionstart", () => { composing = true; });
  field.addEventListener("compositionend", () => { composing = false; });
  field.addEventListener("input", (event) => {
    clearTimeout(timer);
    if (composing || event.isComposing) timer = setTimeout(look, COMPOSING_MS);
    else look();
  });
  form.elements.kind?.addEventListener("change", () => { if (field.value.trim()) look(); });

  field.addEventListener("keydown", (event) => {
    // Enter that ends a composition only commits it (Safari ends it with key code 229).
    if (event.isComposing || event.keyCode === 229) {
      if (event.key === "Enter") event.preventDefault();
      return;
    }
    if (event.altKey && /^[1-9]$/.test(event.key)) {
      const option = options()[Number(event.key) - 1];
      if (!option) return;
      event.preventDefault();
      return take(option);
    }
    const act = {
      ArrowDown: () => (options().length ? move(1) : look()),
      ArrowUp: () => move(-1),
      Escape: close,
      Enter: () => { const option = active(); if (option) take(option); else if (!options().length) look(); },
    }[event.key];
    if (!act) return;
    event.preventDefault();
    act();
  });

  form.addEventListener("submit", (event) => { event.preventDefault(); look(); });
  place.addEventListener("mousedown", (event) => event.preventDefault());
  place.addEventListener("click", (event) => {
    const option = event.target.closest("[role=option]");
    if (option) take(option);
  });
  document.addEventListener("click", (event) => {
    if (!form.parentElement.contains(event.target)) close();
  });
}

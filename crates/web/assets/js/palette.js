// The command palette (Ctrl+K): one field for patients, screens and what can be done here.
import { ask, parse } from "./fragment.js";

const COMPOSING_MS = 40;

export function startPalette() {
  const dialog = document.getElementById("palette");
  if (!dialog) return;
  const form = dialog.querySelector("form");
  const place = dialog.querySelector("[data-answer]");
  let timer = 0;
  let running = null;

  const options = () => [...place.querySelectorAll("[role=option]")];
  const select = (option) => {
    for (const other of options()) other.setAttribute("aria-selected", String(other === option));
    option?.scrollIntoView({ block: "nearest" });
    if (option) form.q.setAttribute("aria-activedescendant", option.id);
    else form.q.removeAttribute("aria-activedescendant");
  };
  const active = () => options().find((option) => option.getAttribute("aria-selected") === "true");

  const look = async () => {
    running?.abort();
    const mine = running = new AbortController();
    try {
      const answer = await ask("/palette", { form, signal: mine.signal });
      if (running !== mine || !answer.ok) return;
      const list = parse(answer.html).querySelector("#pal-list");
      place.replaceChildren(document.adoptNode(list));
      // What this screen does not offer cannot be pressed from here.
      for (const option of options()) if (option.dataset.press && !pressed(option.dataset.press)) option.remove();
      options().forEach((option, n) => { option.id = `pal-${n}`; option.tabIndex = -1; });
      form.q.setAttribute("aria-expanded", "true");
      select(options()[0]);
    } catch (error) {
      if (error.name !== "AbortError") place.textContent = "いま探せません。通信を確かめてください。";
    }
  };

  const take = (option) => {
    if (!option) return;
    dialog.close();
    if (option.href) return location.assign(option.href);
    const button = pressed(option.dataset.press);
    button?.focus();
    if (button && !("leaves" in button.dataset)) button.click();
  };

  document.addEventListener("karute:palette", () => {
    if (dialog.open || document.querySelector("dialog[open]")) return;
    form.patient.value = location.pathname.match(/^\/p\/([^/]+)/)?.[1] ?? "";
    const name = document.querySelector(".pt-name");
    form.who.value = name ? [...name.children].map((part) => part.textContent).join(" ") : "";
    form.q.value = "";
    place.replaceChildren();
    dialog.showModal();
    form.q.focus();
    look();
  });

  form.q.addEventListener("input", (event) => {
    clearTimeout(timer);
    timer = setTimeout(look, event.isComposing ? COMPOSING_MS : 0);
  });
  form.addEventListener("keydown", (event) => {
    if (event.isComposing || event.keyCode === 229) return;
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step) {
      event.preventDefault();
      const all = options();
      const at = all.indexOf(active());
      return select(all[Math.max(0, Math.min(all.length - 1, at + step))]);
    }
    if (event.key === "Enter") {
      event.preventDefault();
      take(active());
    }
  });
  form.addEventListener("submit", (event) => event.preventDefault());
  place.addEventListener("click", (event) => {
    const option = event.target.closest("[role=option]");
    if (!option) return;
    event.preventDefault();
    take(option);
  });
  dialog.addEventListener("click", (event) => { if (event.target === dialog) dialog.close(); });
}

// The button of this screen that has a key.
function pressed(key) {
  return [...document.querySelectorAll("[data-key]")].find((button) => button.dataset.key.toLowerCase() === key.toLowerCase() && button.offsetParent);
}

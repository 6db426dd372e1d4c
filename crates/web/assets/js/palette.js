// The command palette (Ctrl+K): one field for patients, screens and what can be done here.
import { ask, parse } from "./fragment.js";
import { noteAct, recent } from "./recent.js";

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
      // What this screen does not offer cannot be pressed from here.
      for (const option of list.querySelectorAll("[data-press]")) if (!pressed(option.dataset.press)) option.remove();
      if (!form.q.value) await lift(list);
      for (const title of list.querySelectorAll(".pop-g")) if (!title.nextElementSibling?.matches("[role=option]")) title.remove();
      if (running !== mine) return;
      place.replaceChildren(document.adoptNode(list));
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
    const act = option.getAttribute("href");
    if (!act?.startsWith("/p/") || option.hasAttribute("data-act")) noteAct(option);
    // A link that this screen shows opens as it would there.
    const button = act ? document.querySelector(`a[data-dialog][href="${CSS.escape(act)}"]`) : pressed(option.dataset.press);
    if (act && !button) return location.assign(act);
    button?.focus();
    // What confirms or leaves the building is only pointed at (PAL-02).
    if (button && !button.matches("input, [data-finish], [data-leaves]")) button.click();
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

// What was used last comes after who is in the building: charts, and acts that are still offered.
async function lift(list) {
  const title = Object.assign(document.createElement("p"), { className: "pop-g", textContent: "最近使ったもの" });
  const found = [title];
  for (const { path, press, name, kana } of await recent()) {
    if (name && location.pathname.startsWith(path)) continue;
    const same = path ? `[href="${CSS.escape(path)}"]` : `[data-press="${CSS.escape(press)}"]`;
    const option = list.querySelector(same) ?? (name && chart(path, name, kana));
    // Who is in the building stands there already.
    if (option && !(name && list.contains(option))) found.push(option);
  }
  if (found.length === 1) return;
  const after = [...list.querySelectorAll(".pop-g")].find((each) => each.textContent !== "院内の患者");
  if (after) after.before(...found);
  else list.append(...found);
}

function chart(path, name, kana) {
  const option = Object.assign(document.createElement("a"), { className: "pal-i", href: path });
  option.setAttribute("role", "option");
  const who = document.createElement("span");
  who.append(Object.assign(document.createElement("b"), { textContent: name }), " ", Object.assign(document.createElement("span"), { className: "t-12 t-mute", textContent: kana }));
  option.append(who, Object.assign(document.createElement("span"), { className: "t-12 t-mute end", textContent: "カルテを開く" }));
  return option;
}

// The button or field of this screen that has a key.
function pressed(key) {
  const wanted = key.toLowerCase();
  const field = document.querySelector(`[data-key-field="${CSS.escape(wanted)}"] input`);
  const said = (each) => (each.dataset.key ?? each.getAttribute("aria-keyshortcuts").replace("Control", "Ctrl")).toLowerCase();
  return [field, ...document.querySelectorAll("[data-key], [aria-keyshortcuts]")].find((each) => each?.offsetParent && (each === field || said(each) === wanted));
}

// Keys and phrases of 今日の記録 (ux §7). None of them acts inside an IME composition.
import { ask, parse } from "./fragment.js";
import { fit } from "./record-text.js";
import { reveal } from "./sides.js";

export function startRecordKeys(form, flush) {
  // The line of vital signs is a stop between S and O.
  const fields = () => [...form.querySelectorAll("[data-section]")].filter((f) => !f.hidden && !f.readOnly);
  const place = document.querySelector("[data-phrase-list]");
  const opener = document.querySelector("[data-phrases]");
  let last = null; // the field that was written in

  form.addEventListener("focusin", (event) => { if (event.target.matches("textarea[data-section]")) last = event.target; });

  const close = (back = true) => {
    place.replaceChildren();
    if (back) last?.focus();
  };

  // 定型文 for the field that was written in.
  const open = async () => {
    last ??= fields()[0];
    if (!last || !opener) return;
    flush();
    try {
      const answer = await ask(`${opener.href}?section=${last.dataset.section}`);
      if (!answer.ok) return;
      place.replaceChildren(document.adoptNode(parse(answer.html).querySelector(".pop")));
      place.querySelector("[role=option], a")?.focus();
    } catch { /* the link still works */ }
  };

  const take = (option) => {
    const text = option.dataset.text;
    close();
    last.setRangeText(text, last.selectionStart, last.selectionEnd, "end");
    last.dispatchEvent(new Event("input", { bubbles: true }));
    fit(last);
  };

  opener?.addEventListener("click", (event) => { event.preventDefault(); open(); });
  place.addEventListener("click", (event) => {
    const option = event.target.closest("[role=option]");
    if (option) take(option);
  });
  document.addEventListener("click", (event) => {
    if (!place.contains(event.target) && !opener?.contains(event.target)) close(false);
  });

  const step = (by) => {
    reveal(form);
    const all = fields();
    const at = all.indexOf(document.activeElement);
    all[at < 0 ? 0 : Math.max(0, Math.min(all.length - 1, at + by))]?.focus();
  };

  const onEmptyLine = (field) => {
    const from = field.value.lastIndexOf("\n", field.selectionStart - 1) + 1;
    const to = field.value.indexOf("\n", field.selectionStart);
    return field.selectionStart === field.selectionEnd && !field.value.slice(from, to < 0 ? undefined : to).trim();
  };

  document.addEventListener("keydown", (event) => {
    if (event.isComposing || event.keyCode === 229 || event.defaultPrevented) return;
    const act = pick(event);
    if (!act) return;
    event.preventDefault();
    act();
  });

  function pick(event) {
    const { key, target } = event;
    if (place.firstElementChild) {
      const options = [...place.querySelectorAll("[role=option]")];
      const at = options.indexOf(document.activeElement);
      if (key === "Escape") return close;
      if (key === "ArrowDown" && options.length) return () => options[Math.min(options.length - 1, at + 1)].focus();
      if (key === "ArrowUp" && options.length) return () => options[Math.max(0, at - 1)].focus();
      if (event.altKey && /^[1-9]$/.test(key) && options[key - 1]) return () => take(options[key - 1]);
    }
    if (event.ctrlKey && key === "Enter" && !event.altKey) return () => pressSeen(document.querySelector("[data-finish]"));
    if (event.altKey && !event.ctrlKey) {
      if (key.toLowerCase() === "z") return () => pressSeen(form.querySelector("[data-copy]"));
      if (key === "ArrowUp") return () => step(-1);
      if (key === "ArrowDown") return () => step(1);
      if (key === ";" || event.code === "Semicolon") return open;
    }
    if (event.ctrlKey || event.altKey || event.metaKey) return null;
    if (opener && (key === ";" || key === "；") && target.matches("textarea[data-section]") && onEmptyLine(target)) return open;
    if (/^[123]$/.test(key) && !target.closest("input, textarea")) {
      const clash = target.closest("[data-clash]") ?? form.querySelector("[data-clash]");
      const button = clash?.querySelector(`[data-choice="${key}"]`);
      if (button) return () => button.click();
    }
    return null;
  }
}

// What is in the half of the chart that is not shown is shown first; it takes another press to act.
function pressSeen(button) {
  if (button && reveal(button)) button.focus();
  else button?.click();
}

// The printed record: one press.
export function startPrint() {
  document.querySelector("[data-print]")?.addEventListener("click", () => print());
}

// 今日の記録 as the server has it: put in place where nobody typed on, conflicts shown until somebody chooses, and who
// else has the record open.
import { parse, send } from "./fragment.js";
import { cutSince } from "./net.js";
import { put, say } from "./record-text.js";

const HERE_MS = 60_000;
const REST_MS = 10 * 60_000;

export const inputOf = (form, section) => form.querySelector(`[data-section="${section}"]`);
// The text a section began with: what the server knows.
export const base = (form, field) => form.elements[`${field.dataset.section}_base`];

// Puts the sections as the server has them where nobody typed on since `sent`.
export function stand(form, parsed, sent, composing) {
  for (const stands of parsed.querySelectorAll("[data-stands]")) {
    const section = stands.dataset.stands;
    const field = inputOf(form, section);
    if (!field || !field.name) continue;
    const text = stands.textContent;
    const began = sent.get(section)?.text ?? base(form, field).value;
    if (field.value === began && !(composing && document.activeElement === field)) {
      if (field.value !== text) put(field, text);
      base(form, field).value = text;
    } else if (sent.get(section)?.text === text) {
      base(form, field).value = text;
    }
    field.classList.toggle("is-copied", "copied" in stands.dataset && field.value === text);
  }
  for (const clash of parsed.querySelectorAll("[data-clash]")) showClash(form, document.adoptNode(clash));
  const vit = parsed.getElementById("vit");
  if (vit && (sent.has("V") || !sent.size)) document.getElementById("vit")?.replaceWith(document.adoptNode(vit));
  const seen = parsed.querySelector("[data-seen]");
  if (seen) form.elements.seen.value = seen.dataset.seen;
  document.dispatchEvent(new CustomEvent("karute:stood", { detail: parsed }));
  say(parsed);
}

// A conflict takes the place of its field until somebody chooses.
function showClash(form, clash) {
  const field = inputOf(form, clash.dataset.clash);
  form.querySelector(`[data-clash="${clash.dataset.clash}"]`)?.remove();
  if (!field) return;
  const focused = document.activeElement === field;
  field.hidden = true;
  field.removeAttribute("name");
  field.after(clash);
  if (focused) clash.focus();
}

// Says that this record is open here, and hears who else has it open and what they wrote.
export async function here(form, now) {
  const place = document.getElementById("note");
  try {
    if (!document.hidden && Date.now() - now().touched < REST_MS && !cutSince()) {
      const response = await send(`${place.dataset.note}/note/here`, { method: "POST", body: new URLSearchParams() });
      if (response.ok) {
        const parsed = parse(await response.text());
        const names = parsed.getElementById("note-here");
        if (names) document.getElementById("note-here")?.replaceWith(document.adoptNode(names));
        const { busy, composing } = now();
        if (!busy) stand(form, parsed, new Map(), composing);
      }
    }
  } catch { /* seen with the next save */ }
  clearTimeout(here.timer);
  here.timer = setTimeout(() => here(form, now), HERE_MS);
}

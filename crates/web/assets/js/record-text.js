// Small things of 今日の記録: text areas as high as their text, the sign of saving.

export function fit(field) {
  if (field.tagName !== "TEXTAREA" || CSS.supports("field-sizing", "content")) return;
  const lines = field.value.split("\n").reduce((n, line) => n + Math.max(1, Math.ceil(line.length / 30)), 0);
  field.rows = Math.max(2, lines);
}

// Another text, with the caret where it was.
export function put(field, text) {
  const at = [field.selectionStart, field.selectionEnd].map((n) => Math.min(n, text.length));
  field.value = text;
  if (document.activeElement === field) field.setSelectionRange(...at);
  fit(field);
}

// The one sign of saving.
export function say(parsed) {
  const next = parsed.getElementById("note-saved");
  if (next) document.getElementById("note-saved")?.replaceWith(document.adoptNode(next));
}

// Words that stand ready for the record (問診): one press puts them at the end of their section. They are typed as a
// person would, so that Ctrl+Z in the field takes them back and the record saves them by itself.
const TOAST_MS = 10_000;

export function startInsert() {
  document.addEventListener("click", (event) => {
    const button = event.target.closest("button[data-insert]");
    const field = button && document.querySelector(`#note-form textarea[data-section="${button.dataset.into}"]`);
    if (field && field.name && !field.readOnly) insert(field, button.dataset.insert);
  });
}

function insert(field, words) {
  const before = field.value;
  field.focus();
  field.setSelectionRange(before.length, before.length);
  if (before.includes(words)) return say("この文はもう入っています", null);
  const lead = before && !before.endsWith("\n") ? "\n" : "";
  type(field, lead + words);
  const after = field.value;
  say("問診を S に入れました", () => {
    if (field.value !== after) return;
    field.focus();
    field.setSelectionRange(before.length, after.length);
    type(field, "");
  });
}

// The browser's own way of typing keeps its undo; where it is missing, the text is put in place.
export function type(field, text) {
  const done = text ? document.execCommand("insertText", false, text) : document.execCommand("delete");
  if (done) return;
  field.setRangeText(text, field.selectionStart, field.selectionEnd, "end");
  field.dispatchEvent(new Event("input", { bubbles: true }));
}

function say(words, back) {
  const box = Object.assign(document.createElement("div"), { className: "toasts" });
  const toast = Object.assign(document.createElement("div"), { className: "toast" });
  toast.setAttribute("role", "status");
  toast.append(Object.assign(document.createElement("span"), { textContent: words }));
  if (back) {
    const form = document.createElement("form");
    form.append(Object.assign(document.createElement("button"), { className: "btn btn-sm", textContent: "元に戻す" }));
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      box.remove();
      back();
    });
    toast.append(form);
  }
  box.append(toast);
  for (const old of document.querySelectorAll("body > .toasts")) old.remove();
  document.body.append(box);
  setTimeout(() => box.remove(), TOAST_MS);
}

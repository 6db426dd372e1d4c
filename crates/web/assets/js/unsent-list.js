// The texts that the server did not take, to be read and copied into the record by hand.
import { toast } from "./bar.js";
import { forget, keep, kept } from "./store.js";

const made = (kind, className, words = "") => Object.assign(document.createElement(kind), { className, textContent: words });

function press(words, className, act) {
  const button = made("button", className, words);
  button.type = "button";
  button.addEventListener("click", act);
  return button;
}

// Opens the list; `after` runs when it is closed.
export async function showLeft(after) {
  const dialog = made("dialog", "dlg");
  dialog.setAttribute("aria-labelledby", "left-h");
  const inner = made("div", "dlg-b");
  const title = made("h2", "", "送れなかった文");
  title.id = "left-h";
  inner.append(title, made("p", "t-13 t-mute", "この端末にだけ残っています。12時間たつか、退出すると消えます。"));
  for (const { id, at, value } of await kept()) if (value.why) inner.append(entry(id, at, value, dialog));
  dialog.append(inner, press("閉じる", "btn btn-g dlg-x", () => dialog.close()));
  dialog.addEventListener("close", () => { dialog.remove(); after(); });
  document.body.append(dialog);
  dialog.showModal();
}

function entry(id, at, value, dialog) {
  const part = made("section", "note note-warn off-e");
  const head = made("p", "row row-w");
  head.append(made("b", "", value.who ?? ""), made("span", "t-mute", new Date(at).toLocaleString("ja-JP", { dateStyle: "short", timeStyle: "short" })));
  part.append(head, made("p", "", value.why));
  const list = made("dl", "soap");
  for (const [section, { text }] of Object.entries(value.texts)) list.append(made("dt", "", section), made("dd", "nt-pre", text));
  const foot = made("p", "row row-w");
  const open = made("a", "btn btn-sm", "カルテを開く");
  open.href = value.note;
  foot.append(open, press("この端末から消す", "btn btn-sm", async () => {
    await forget(id);
    dialog.close();
    toast("この端末から消しました", { word: "元に戻す", press: (event) => { event.target.closest(".toasts").remove(); keep(value, id); } });
  }));
  part.append(list, foot);
  return part;
}

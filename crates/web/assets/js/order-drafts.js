// Orders drafted while the server cannot be reached (ux §6): what is typed into the field of the column and ended with
// Enter is written down under it, sealed like unsent text. Nothing is ordered: when the server is back each line is looked
// up by its own button, checked as ever, and leaves the list when it has become an order.
import { toast } from "./bar.js";
import { idOf } from "./hold.js";
import { cutSince } from "./net.js";
import { forget, HELD, keep, kept } from "./store.js";

const MOST = 20;
let lines = [];
let action = "";
let looked = null; // the draft that was looked up last, and the number of orders then

const field = () => document.querySelector("#orders input[data-key=r]");
const orders = () => document.querySelectorAll("#orders .rx-d").length;

export async function startOrderDrafts() {
  if (!field()) return;
  action = field().form.getAttribute("action");
  document.addEventListener("keydown", onKey, true);
  for (const name of ["karute:cut", "karute:reached"]) document.addEventListener(name, draw);
  document.addEventListener("karute:orders", () => {
    if (looked && orders() > looked.orders) drop(looked.line);
    draw();
  });
  const id = await idOf(action);
  lines = (await kept(HELD)).find((row) => row.id === id)?.value.drafts ?? lines;
  draw();
}

function onKey(event) {
  if (event.key !== "Enter" || event.isComposing || event.keyCode === 229 || event.target !== field() || !cutSince()) return;
  const line = field().value.trim();
  event.preventDefault();
  event.stopPropagation();
  if (!line || lines.includes(line) || lines.length >= MOST) return;
  field().value = "";
  change([...lines, line]);
}

function drop(line) {
  looked = null;
  change(lines.filter((each) => each !== line));
}

async function change(next) {
  lines = next;
  draw();
  const id = await idOf(action);
  const safe = await (lines.length ? keep({ action, drafts: lines }, id, HELD) : forget(id, HELD));
  if (!safe) toast("下書きはこの画面にだけあります。閉じないでください");
}

function draw() {
  document.getElementById("order-drafts")?.remove();
  const at = field()?.closest("search");
  if (!at || !(lines.length || cutSince())) return;
  const box = made("section", "od-note note note-warn off-e");
  box.id = "order-drafts";
  box.setAttribute("aria-labelledby", "order-drafts-h");
  const title = made("b", "", lines.length ? `オーダーの下書き ${lines.length}件（まだ出ていません）` : "オーダーは下書きだけできます");
  title.id = "order-drafts-h";
  box.append(title, made("p", "t-13", cutSince() ? "上の欄に書いて Enter で残します。検査や処置も書けます。つながってから、確かめて出します" : "通信が切れている間に書いたものです。1件ずつ確かめて出してください"));
  if (lines.length) box.append(list());
  at.after(box);
}

function list() {
  const all = made("ul", "od-dr");
  for (const line of lines) {
    const row = made("li", "row row-w");
    const look = button("薬を探す", line, () => {
      looked = { line, orders: orders() };
      field().value = line;
      // After this press: one beside the field closes its list.
      setTimeout(() => {
        field().focus();
        field().dispatchEvent(new Event("input", { bubbles: true }));
      });
    });
    look.disabled = Boolean(cutSince());
    row.append(made("span", "grow nt-pre", line), look, button("消す", line, () => {
      const before = lines;
      drop(line);
      toast("下書きを消しました", { word: "元に戻す", press: (event) => { event.target.closest(".toasts").remove(); change(before); } });
    }));
    all.append(row);
  }
  return all;
}

const made = (kind, className, words = "") => Object.assign(document.createElement(kind), { className, textContent: words });

// A button of one line; who hears the screen hears which.
function button(words, line, press) {
  const one = made("button", "btn btn-sm", words);
  one.type = "button";
  one.append(made("span", "vh", `：${line}`));
  one.addEventListener("click", press);
  return one;
}

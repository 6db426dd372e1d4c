// What was typed while the server could not be reached, or when the browser was closed too early: sent again in the
// order it was written, from whatever screen is open, as soon as the server is back and the person signed in. The
// server merges it section by section; what it cannot take stays here and is shown.
import { bar, toast } from "./bar.js";
import { isOfSomebodyElse, parse, send } from "./fragment.js";
import { cutSince } from "./net.js";
import { shelf } from "./shelf.js";
import { canKeep, count, forget, keep, kept, lockOf, page } from "./store.js";
import { showLeft } from "./unsent-list.js";

const AGAIN_MS = 5_000;
let later = 0;

export async function startUnsent() {
  document.addEventListener("karute:cut", tell);
  document.addEventListener("karute:kept", tell);
  document.addEventListener("karute:somebody-else", () => bar("other", {
    title: "この端末では、ほかの人がサインインしています", words: "この画面からは何も保存していません。書いた文はこの端末に残っています",
    act: { word: "画面を開き直す", href: "/" },
  }));
  for (const name of ["karute:reached", "karute:unlocked"]) document.addEventListener(name, () => { tell(); resend(); });
  tell();
  if (await canKeep()) await resend();
}

const clock = (date) => `${date.getHours()}:${String(date.getMinutes()).padStart(2, "0")}`;

// The black bar while the server cannot be reached, with how much waits.
async function tell() {
  const since = cutSince();
  if (!since) return bar("cut");
  const [safe, waiting, act] = [await canKeep(), await count(), await shelf()];
  if (!cutSince()) return;
  const typing = document.getElementById("note-form");
  const words = waiting ? `書いた内容はこの端末に残っています（${waiting}件）。つながると自動で送ります`
    : typing && !safe ? "書いた内容はこの画面にだけあります。閉じないでください"
      : typing ? "このまま書き続けられます。つながると自動で送ります"
        : "つながるまで、新しい画面を開くことと保存はできません";
  bar("cut", { title: "通信が切れています", words, end: `${clock(since)} から`, act });
}

// Sends what no open page takes care of. One tab of the browser does it at a time.
export async function resend() {
  clearTimeout(later);
  if (cutSince() || !(await canKeep())) return;
  await navigator.locks.request("karute-resend", { ifAvailable: true }, async (turn) => {
    if (!turn) return;
    for (const row of await kept()) {
      if (row.value.why) continue;
      const goOn = await navigator.locks.request(lockOf(row.id), { ifAvailable: true }, async (free) => {
        if (!free && row.id !== page) later = setTimeout(resend, AGAIN_MS); // another tab has it, or is just being closed
        return !free || deliver(row);
      });
      if (!goOn) break;
    }
  });
  const left = (await kept()).filter((row) => row.value.why);
  bar("left", left.length && {
    title: "送れなかった文があります", words: `${left.length}件。内容を確かめて、カルテに書き写してください`,
    act: { word: "見る", press: () => showLeft(resend) },
  });
}

// Sends one entry; answers whether the next may be tried.
async function deliver({ id, value }) {
  const texts = Object.entries(value.texts);
  // What was sent without an answer may have arrived: it goes first, as it was, and is the ground of what came after.
  const ahead = (text) => text.sent !== undefined && text.sent !== text.text;
  const unheard = texts.filter(([, text]) => ahead(text));
  const first = unheard.map(([section, text]) => [section, { text: text.sent, base: text.base }]);
  const then = texts.map(([section, text]) => [section, { text: text.text, base: ahead(text) ? text.sent : text.base }]);
  let parsed = null;
  for (const part of [first, then]) {
    if (!part.length) continue;
    const body = new URLSearchParams(part.flatMap(([section, { text, base }]) => [[section, text], [`${section}_base`, base]]));
    let answer;
    try {
      const response = await send(`${value.note}/note`, { method: "POST", body });
      if (isOfSomebodyElse(response)) return false;
      answer = { status: response.status, ok: response.ok, html: await response.text() };
    } catch {
      return false;
    }
    // Nobody signed in, locked, or trouble on the other side: it stays and is tried again.
    if ([401, 423, 429].includes(answer.status) || answer.status >= 500) return false;
    parsed = parse(answer.html);
    if (!answer.ok) {
      const why = parsed.querySelector("#note-saved span")?.textContent ?? "この記録を開けなくなっています";
      await keep({ ...value, why }, id);
      return true;
    }
  }
  await forget(id);
  delivered(value, parsed);
  return true;
}

function delivered(value, parsed) {
  const clash = parsed.querySelector("[data-clash]");
  const who = value.who ? `（${value.who}さん）` : "";
  const words = clash ? `残っていた文を送りました${who}。ほかの人の文と重なっています` : `残っていた文を送りました${who}`;
  const here = document.getElementById("note")?.dataset.note === value.note;
  toast(words, here ? null : { word: clash ? "開いて選ぶ" : "カルテを開く", href: value.note });
  if (here) document.dispatchEvent(new CustomEvent("karute:resent", { detail: parsed }));
}

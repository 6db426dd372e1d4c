// 検査・処置: the list of work follows what other desks do. What somebody is writing in it is never taken away.
import { ask, parse, swap } from "./fragment.js";

const REST_MS = 10 * 60_000; // an untouched screen stops asking, so that the session can end by idleness
const AGAIN_MS = 5_000;

export function startWork() {
  if (!place()) return;
  let touched = Date.now();
  for (const kind of ["pointerdown", "keydown"]) addEventListener(kind, () => { touched = Date.now(); }, { passive: true });
  follow(() => document.hidden || Date.now() - touched > REST_MS);
}

const place = () => document.querySelector("#worklist[data-live]");
const busy = () => place().querySelector("details[open], button[aria-busy]") || place().contains(document.activeElement) && document.activeElement.matches("input");
const pause = (ms) => new Promise((resolve) => { setTimeout(resolve, ms); });

async function follow(resting) {
  while (place()) {
    if (resting()) {
      await pause(2_000);
      continue;
    }
    try {
      const { live, mark } = place().dataset;
      const answer = await fetch(`${live}?mark=${encodeURIComponent(mark)}`, { headers: { "x-fragment": "1", "x-background": "1" } });
      if (answer.status === 401) return location.assign("/sign-in");
      if (answer.status === 423) document.dispatchEvent(new CustomEvent("karute:locked"));
      if (answer.status === 200) await reread();
      else if (answer.status !== 204) await pause(AGAIN_MS);
    } catch {
      say("通信が切れています。再接続しています");
      await pause(AGAIN_MS);
    }
  }
}

async function reread() {
  if (busy()) {
    say("ほかの端末で変わりました。書き終えると新しくなります");
    return pause(1_000);
  }
  const held = document.activeElement?.closest("#worklist form")?.getAttribute("action");
  const answer = await ask("/worklist");
  if (!answer.ok || !swap(parse(answer.html), "worklist")) return pause(AGAIN_MS);
  if (held) place().querySelector(`form[action="${CSS.escape(held)}"] button`)?.focus({ preventScroll: true });
}

function say(words) {
  const told = place()?.querySelector("[data-live-words]");
  if (told) told.textContent = words;
}

// What this person used last, for the head of the palette: charts opened and acts taken today. It lies sealed in this
// browser like unsent text, goes with signing out, and after twelve hours.
import { keep, kept, owner, RECENT } from "./store.js";

const MOST = 8;

// The newest first: {path, name, kana} of a chart, {path} or {press} of an act.
export async function recent() {
  return (await kept(RECENT))[0]?.value ?? [];
}

async function note(one, same) {
  const others = (await recent()).filter((other) => !same(other));
  await keep([one, ...others].slice(0, MOST), owner, RECENT);
}

export const noteAct = (option) => {
  const path = option.getAttribute("href");
  const press = option.dataset.press;
  return note(path ? { path } : { press }, (other) => other.path === path && other.press === press);
};

// The chart that is open counts as used.
export function startRecent() {
  const path = location.pathname.match(/^\/p\/[^/]+/)?.[0];
  const banner = document.querySelector(".pt-name");
  if (!path || !banner) return;
  const [kana, name] = [...banner.children].map((part) => part.textContent);
  note({ path, name, kana }, (other) => other.path === path);
}

// Whether the server can be reached: told by every question a screen asks and by the browser's own events. While it
// cannot, a small file of ours is asked for until it answers. What to do about it is for others (karute:cut,
// karute:reached).
const PROBE_MS = 5_000;

let since = null;
let timer = 0;

// When it was lost; null while all is well.
export const cutSince = () => since;

export function startNet() {
  addEventListener("offline", lost);
  addEventListener("online", probe);
  if (!navigator.onLine) lost();
}

export function lost() {
  clearTimeout(timer);
  timer = setTimeout(probe, PROBE_MS);
  if (since) return;
  since = new Date();
  document.dispatchEvent(new CustomEvent("karute:cut"));
}

export function reached() {
  if (!since) return;
  clearTimeout(timer);
  since = null;
  document.dispatchEvent(new CustomEvent("karute:reached"));
}

// Asks now. Answers whether the server is there.
export async function probe() {
  try {
    const answer = await fetch(new URL("mark.svg", import.meta.url), { method: "HEAD", cache: "no-store" });
    if (answer.status >= 500) throw new Error("not ours");
    reached();
  } catch {
    lost();
  }
  return !since;
}

// A tablet held upright shows one half of the chart at a time: 経過, or the record with the orders (ux §3). Both stay on
// the page, so nothing that was typed is lost; the style sheet hides one. Which half it was this device remembers in a
// cookie, which says nothing of anybody, and the server draws the page so.
const YEAR_S = 31_536_000;

const half = (element) => element?.closest(".ch-open > :is(.tl, .ch-rec, .od)");
const isHidden = (element) => getComputedStyle(element).display === "none";

export function startSides() {
  const frame = document.querySelector(".ch-open:has(.ch-side)");
  if (!frame) return;
  // Each half is found again where it was left.
  const tops = {};
  let shown = frame.querySelector(".ch-side :checked").value;
  frame.addEventListener("scroll", () => { tops[shown] = frame.scrollTop; }, { passive: true });
  frame.querySelector(".ch-side").addEventListener("change", (event) => {
    shown = event.target.value;
    frame.scrollTop = tops[shown] ?? 0;
    document.cookie = `karute-side=${shown}; path=/; max-age=${YEAR_S}; samesite=strict${location.protocol === "https:" ? "; secure" : ""}`;
  });
  const aim = () => location.hash && reveal(document.getElementById(location.hash.slice(1)));
  addEventListener("hashchange", aim);
  aim();
}

// Shows the half in which something stands; answers whether it had been hidden.
export function reveal(element) {
  const side = half(element);
  if (!side || !isHidden(side)) return false;
  document.querySelector(".ch-side input:not(:checked)").click();
  element.scrollIntoView({ block: "nearest" });
  return true;
}

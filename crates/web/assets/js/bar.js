// The bar at the head of a screen: what keeps what was typed from being saved. Of several causes the first is shown.
// And the words at its foot: what was just done.
const ORDER = ["cut", "other", "session", "failing", "left"];
const TOAST_MS = 10_000;
const said = new Map();

// Says a cause, or (without words) that it is over. `act` is {word, href} or {word, press}.
export function bar(cause, say) {
  if (say) said.set(cause, say);
  else if (!said.delete(cause)) return;
  draw();
}

function draw() {
  const first = ORDER.find((cause) => said.has(cause));
  const old = document.getElementById("off");
  if (!first) return old?.remove();
  const { title, words, end, act } = said.get(first);
  const place = old ?? make();
  place.classList.toggle("off-w", first === "left");
  place.replaceChildren(icon("i-sync"), text("b", title), text("span", words ?? ""));
  if (end) place.append(Object.assign(text("span", end), { className: "end nw" }));
  if (act) place.append(control(act));
}

function make() {
  const place = document.createElement("div");
  place.id = "off";
  place.className = "off";
  place.setAttribute("role", "status");
  (document.querySelector(".main") ?? document.body).prepend(place);
  return place;
}

const text = (kind, words) => Object.assign(document.createElement(kind), { textContent: words });

function icon(id) {
  const drawn = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  drawn.setAttribute("class", "ic ic-s");
  drawn.setAttribute("aria-hidden", "true");
  const use = document.createElementNS("http://www.w3.org/2000/svg", "use");
  use.setAttribute("href", `#${id}`);
  drawn.append(use);
  return drawn;
}

function control({ word, href, press }) {
  const made = text(href ? "a" : "button", word);
  made.className = "btn btn-sm";
  if (href) made.href = href;
  else {
    made.type = "button";
    made.addEventListener("click", press);
  }
  return made;
}

// Words at the foot of the screen, for ten seconds, with a way on or back.
export function toast(words, act) {
  for (const old of document.querySelectorAll("body > .toasts")) old.remove();
  const box = Object.assign(document.createElement("div"), { className: "toasts" });
  const shown = Object.assign(document.createElement("div"), { className: "toast" });
  shown.setAttribute("role", "status");
  shown.append(icon("i-check"), text("span", words));
  if (act) shown.append(control(act));
  box.append(shown);
  document.body.append(box);
  setTimeout(() => box.remove(), TOAST_MS);
}

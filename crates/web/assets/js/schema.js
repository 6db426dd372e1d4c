// シェーマ: pen, finger and mouse on a template. The lines travel as data in a hidden field; the picture is made by the
// server. The last step can be taken back by the button or Ctrl+Z.
const NS = "http://www.w3.org/2000/svg";
const INKS = { black: "#17202b", red: "#b42318", blue: "#1b4b87", green: "#0e6b50" };
const NEAR = 12; // an eraser takes away what is so near

export function startSchema() {
  for (const form of document.querySelectorAll("form[data-schema]")) watch(form);
}

function watch(form) {
  const paper = form.querySelector("[data-paper]");
  const tools = form.querySelector("[data-tools]");
  const kept = JSON.parse(form.elements.drawing.value || "{}");
  let strokes = kept.strokes ?? [];
  let words = kept.words ?? [];
  let before = [];
  let tool = "pen";
  let drawing = null;
  tools.hidden = false;

  const layer = document.createElementNS(NS, "g");
  layer.setAttribute("class", "sk-d");
  paper.append(layer);

  const make = (name, attributes) => {
    const element = document.createElementNS(NS, name);
    for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
    return element;
  };

  const line = (stroke) => make("polyline", {
    points: (stroke.points.length > 1 ? stroke.points : [stroke.points[0], stroke.points[0]]).map(([x, y]) => `${x},${y}`).join(" "),
    stroke: INKS[stroke.ink] ?? INKS.black,
    "stroke-width": stroke.width * (0.4 + 0.6 * (stroke.points[0]?.[2] ?? 0.5)),
  });

  const draw = () => {
    layer.replaceChildren(...strokes.map(line), ...words.map((word) => {
      const text = make("text", { x: word.x, y: word.y, fill: INKS[word.ink] ?? INKS.black });
      text.textContent = word.text;
      return text;
    }));
    form.elements.drawing.value = JSON.stringify({ strokes, words });
  };

  const remember = () => {
    before.push([strokes.slice(), words.slice()]);
    if (before.length > 60) before.shift();
  };

  const undo = () => {
    const last = before.pop();
    if (!last) return;
    [strokes, words] = last;
    draw();
  };

  const place = (event) => {
    const box = paper.getBoundingClientRect();
    const round = (value) => Math.round(value * 10) / 10;
    const x = round(((event.clientX - box.left) / box.width) * 640);
    const y = round(((event.clientY - box.top) / box.height) * 480);
    // A mouse has no pressure and says 0.5; a finger often says 0.
    return [x, y, round(event.pressure || 0.5)];
  };

  const erase = ([x, y]) => {
    const near = (px, py) => Math.hypot(px - x, py - y) < NEAR;
    strokes = strokes.filter((stroke) => !stroke.points.some(([px, py]) => near(px, py)));
    words = words.filter((word) => !(x > word.x - 6 && x < word.x + word.text.length * 16 && Math.abs(y - word.y + 6) < NEAR));
    draw();
  };

  paper.addEventListener("pointerdown", (event) => {
    if (event.button !== 0 || drawing) return;
    event.preventDefault();
    remember();
    const point = place(event);
    const ink = new FormData(form).get("ink") ?? "red";
    if (tool === "text") {
      const text = form.elements.stamp.value.trim();
      if (text) words = [...words, { ink, x: point[0], y: point[1], text }];
      else form.elements.stamp.focus();
      return draw();
    }
    paper.setPointerCapture(event.pointerId);
    drawing = { id: event.pointerId, stroke: tool === "pen" ? { ink, width: Number(form.elements.width.value), points: [point] } : null };
    if (drawing.stroke) strokes = [...strokes, drawing.stroke];
    else erase(point);
    draw();
  });

  paper.addEventListener("pointermove", (event) => {
    if (!drawing || event.pointerId !== drawing.id) return;
    // Pens report more often than the screen is drawn.
    for (const each of event.getCoalescedEvents?.() ?? [event]) {
      const point = place(each);
      if (!drawing.stroke) { erase(point); continue; }
      const [x, y] = drawing.stroke.points.at(-1);
      if (Math.hypot(point[0] - x, point[1] - y) >= 1.5) drawing.stroke.points.push(point);
    }
    if (!drawing.stroke) return;
    layer.querySelectorAll("polyline")[strokes.length - 1]?.replaceWith(line(drawing.stroke));
  });

  const end = (event) => {
    if (!drawing || event.pointerId !== drawing.id) return;
    drawing = null;
    draw();
  };
  paper.addEventListener("pointerup", end);
  paper.addEventListener("pointercancel", end);

  tools.addEventListener("click", (event) => {
    const button = event.target.closest("button");
    if (!button) return;
    if ("undo" in button.dataset) return undo();
    tool = button.dataset.tool;
    for (const other of tools.querySelectorAll("[data-tool]")) other.setAttribute("aria-pressed", String(other === button));
  });

  form.addEventListener("keydown", (event) => {
    if (event.ctrlKey && event.key.toLowerCase() === "z" && !event.target.closest("input[type=text]")) {
      event.preventDefault();
      undo();
    }
    // Enter in the field of words places nothing and must not save the drawing.
    if (event.key === "Enter" && event.target.name === "stamp") event.preventDefault();
  });
  draw();
}

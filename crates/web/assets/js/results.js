// 結果とグラフ: from point to point by arrow keys or by pointing, and choices that need no button.
export function startResults() {
  for (const graph of document.querySelectorAll("[data-graph]")) watch(graph);
  for (const form of document.querySelectorAll("form[data-auto]")) {
    form.addEventListener("change", () => form.requestSubmit());
  }
}

function watch(graph) {
  const words = graph.querySelector("[data-point-words]");
  const points = () => [...graph.querySelectorAll("[data-point]")];

  const show = (point) => {
    for (const other of points()) other.classList.toggle("is-at", other === point);
    words.textContent = point?.dataset.point ?? "";
  };

  graph.addEventListener("keydown", (event) => {
    const all = points();
    if (!all.length || event.target !== graph) return;
    const at = all.findIndex((point) => point.classList.contains("is-at"));
    const next = {
      ArrowLeft: at < 0 ? all.length - 1 : at - 1,
      ArrowRight: at < 0 ? all.length - 1 : at + 1,
      Home: 0,
      End: all.length - 1,
    }[event.key];
    if (next === undefined) return;
    event.preventDefault();
    show(all[Math.max(0, Math.min(all.length - 1, next))]);
  });

  // The point nearest in time to the pointer: a finger need not hit it.
  graph.querySelector("svg").addEventListener("pointermove", (event) => {
    let best = null;
    let least = 28;
    for (const point of points()) {
      const box = point.getBoundingClientRect();
      const away = Math.abs(box.left + box.width / 2 - event.clientX);
      if (away < least) [best, least] = [point, away];
    }
    if (best) show(best);
  });
  graph.addEventListener("blur", () => show(null));
}

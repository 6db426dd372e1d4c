// What can be measured of a screen by looking at it: the size of its letters and of what is pressed.

const SMALLEST_TEXT = 12; // px
const SMALLEST_TARGET = 24; // px

// What is too small or too wide on the page; empty when all is well.
export function looks(page) {
  return page.evaluate(([smallestText, smallestTarget]) => {
    const faults = new Set();
    const name = (e) => `${e.tagName.toLowerCase()}${e.id && `#${e.id}`}${[...e.classList].map((c) => `.${c}`).join("")} "${e.textContent.trim().slice(0, 20)}"`;
    const seen = (e) => e.checkVisibility({ visibilityProperty: true, opacityProperty: true }) && !e.closest(".vh, .skip, [hidden]");
    const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    while (walk.nextNode()) {
      const around = walk.currentNode.parentElement;
      if (!walk.currentNode.data.trim() || !seen(around) || around.closest("script, style, noscript, option, datalist")) continue;
      const scale = around instanceof SVGElement ? Math.hypot(around.getScreenCTM().a, around.getScreenCTM().b) : 1;
      const size = parseFloat(getComputedStyle(around).fontSize) * scale;
      if (size < smallestText - 0.05) faults.add(`text of ${size.toFixed(1)} px: ${name(around)}`);
    }
    for (const target of document.querySelectorAll("a[href], button, input:not([type=hidden]), select, textarea, summary, [role=option], [role=button]")) {
      if (!seen(target)) continue;
      // A box or a dot is pressed by its label, too.
      const whole = target.matches("[type=checkbox], [type=radio]") ? (target.labels?.[0] ?? target) : target;
      const boxes = [target, whole].map((e) => e.getBoundingClientRect());
      const width = Math.max(...boxes.map((b) => b.width));
      const height = Math.max(...boxes.map((b) => b.height));
      if (width <= 1 || (width >= smallestTarget - 0.5 && height >= smallestTarget - 0.5)) continue;
      // A link within a sentence is as high as its line (WCAG 2.5.8).
      const line = target.parentElement;
      const inSentence = target.matches("a") && getComputedStyle(target).display === "inline" && line.textContent.trim().length > target.textContent.trim().length && line.matches("p, dd, span, li");
      if (!inSentence) faults.add(`target of ${width.toFixed(0)}×${height.toFixed(0)} px: ${name(target)}`);
    }
    if (document.documentElement.scrollWidth > innerWidth) faults.add(`wider than its window: ${document.documentElement.scrollWidth} px`);
    return [...faults];
  }, [SMALLEST_TEXT, SMALLEST_TARGET]);
}

// What nobody sees is let pass; a tenth is where a page counts as restless.
const SEEN = 0.01;
// A browser calls unasked whatever moves more than half a second after a press: on a busy machine also the answer to it.
// What was asked for by a press and answered just before something moves, is such an answer; two cores that serve a
// browser, a server and a database take their time to draw it.
const SOON_MS = 1500;

// Keeps count of layout that moves without anybody pressing (CLS) in all pages of a context.
export function watchShifts(context) {
  return context.addInitScript(({ seen, soon }) => {
    window.shifted = [];
    const presses = [];
    for (const kind of ["keydown", "pointerdown", "click"]) addEventListener(kind, (event) => presses.push(event.timeStamp), true);
    const follows = (time, before) => time >= before && time - before <= soon;
    const isAnswer = (time) => performance.getEntriesByType("resource").some((asked) => asked.initiatorType === "fetch"
      && follows(time, asked.responseEnd) && presses.some((press) => follows(asked.startTime, press)));
    new PerformanceObserver((list) => {
      for (const entry of list.getEntries()) {
        if (entry.hadRecentInput || entry.value < seen || isAnswer(entry.startTime)) continue;
        window.shifted.push(`${entry.value.toFixed(4)} ${entry.sources.map((s) => s.node?.className || s.node?.nodeName || "?").join(", ")}`);
      }
    }).observe({ type: "layout-shift", buffered: true });
  }, { seen: SEEN, soon: SOON_MS });
}

export const shifts = (page) => page.evaluate(() => window.shifted ?? []);

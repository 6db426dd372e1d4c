// How fast the screens feel: Chromium at 4× CPU slow-down and 20 ms round trip, an institution with 10 years of history.
// Prints a table; measures, judges nothing (a machine at work is no judge). `node measure.mjs`; KARUTE_BIN names the
// executable, which should be a release build. With --json, JSON instead of the table.
import { spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { loadavg, tmpdir } from "node:os";
import path from "node:path";
import { chromium } from "playwright-core";
import { executable, LAPTOP } from "./clinic.mjs";
import { migrate, prepare, signIn } from "./clinics.mjs";

const SLOWER = 4;
const ROUND_TRIP_MS = 20;
const BYTES_PER_SECOND = 20_000_000 / 8;
const YEARS = 10;
const PATIENTS = 24;
const CHARTS = 12;
const ROUNDS = 5;
const PATIENCE_MS = 20_000;

const rows = [];
const median = (numbers) => [...numbers].sort((a, b) => a - b)[Math.floor(numbers.length / 2)];
function row(what, wanted, times) {
  if (times.length === 0) throw new Error(`${what}: nothing was measured`);
  rows.push({ what, wanted, times: times.length, median: Math.round(median(times)), max: Math.round(Math.max(...times)) });
}
// How far it has come; the table itself goes to the standard output.
const tell = (words) => console.error(`${new Date().toISOString().slice(11, 19)} ${words}`);

const freePort = () => new Promise((resolve) => {
  const server = createServer().listen(0, "127.0.0.1", () => {
    const { port } = server.address();
    server.close(() => resolve(port));
  });
});

async function untilReady(url, child) {
  for (let n = 0; n < 300; n += 1) {
    if (child.exitCode !== null) throw new Error(`karute serve ended with ${child.exitCode}`);
    if (await fetch(`${url}/sign-in`).then((r) => r.ok, () => false)) return;
    await new Promise((resolve) => { setTimeout(resolve, 100); });
  }
  throw new Error("karute serve does not answer");
}

// In every page: when was the last press, when was the page usable, how long did each press take to be painted.
const inPage = () => {
  const now = () => performance.timeOrigin + performance.now();
  window.presses = [];
  for (const kind of ["click", "keydown"]) {
    addEventListener(kind, (event) => { sessionStorage.setItem("pressed", String(performance.timeOrigin + event.timeStamp)); }, true);
  }
  const pressed = Number(sessionStorage.getItem("pressed"));
  addEventListener("DOMContentLoaded", () => {
    // The scripts have run; the next frame shows it.
    requestAnimationFrame(() => { setTimeout(() => { window.usable = now() - pressed; }); });
  });
  new PerformanceObserver((list) => { for (const e of list.getEntries()) window.presses.push(e.duration); }).observe({ type: "event", durationThreshold: 16 });
  window.shift = 0;
  new PerformanceObserver((list) => { for (const e of list.getEntries()) if (!e.hadRecentInput) window.shift += e.value; }).observe({ type: "layout-shift", buffered: true });
  // Resolves with the time from the press to the first frame in which `shown` holds.
  window.until = (shown, patience) => new Promise((resolve, reject) => {
    const test = new Function(`return ${shown}`);
    const end = now() + patience;
    const look = () => {
      if (test()) requestAnimationFrame(() => { setTimeout(() => resolve(now() - Number(sessionStorage.getItem("pressed")))); });
      else if (now() > end) reject(new Error(`never came: ${shown}`));
      else requestAnimationFrame(look);
    };
    look();
  });
};

async function measure(page, url) {
  const shift = [];
  const answered = [];
  const gather = async () => {
    answered.push(...await page.evaluate(() => window.presses.splice(0)));
    shift.push(await page.evaluate(() => window.shift));
  };
  // Presses and waits for what it brings; answers the time in ms.
  const timed = async (act, shown) => {
    const done = page.evaluate(([words, patience]) => window.until(words, patience), [shown, PATIENCE_MS]);
    const [time] = await Promise.all([done, act()]);
    await page.waitForTimeout(120); // for the browser to report the press
    return time;
  };

  // Charts from the list: the next waiting patient called, others opened.
  await page.goto(`${url}/reception`);
  const visits = await page.locator("tr[data-visit]").evaluateAll((all) => all.map((r) => r.dataset.visit));
  const lists = [];
  const opened = [];
  const entries = [];
  let open;
  for (const visit of visits.slice(0, CHARTS)) {
    await page.goto(`${url}/reception?v=${visit}`);
    const button = page.locator("#reception-card").getByRole("link", { name: "カルテを開く", exact: true });
    await Promise.all([page.waitForURL(/\/p\//), button.click()]);
    await page.waitForFunction(() => window.usable);
    opened.push(await page.evaluate(() => window.usable));
    entries.push(await page.locator(".tl-e").count());
    if (await page.locator("#note").count() && await page.getByRole("button", { name: /前回Do/ }).count()) open = page.url();
    await gather();
    await Promise.all([page.waitForURL(/reception/), page.getByRole("link", { name: "受付一覧へ" }).click()]);
    await page.waitForFunction(() => window.usable);
    lists.push(await page.evaluate(() => window.usable));
    await gather();
  }
  row(`chart opened from the list, usable (${Math.min(...entries)} to ${Math.max(...entries)} entries shown)`, 500, opened);
  row("back to the reception list, usable", 500, lists);

  tell("charts were opened");
  // The list: selecting a row.
  const selected = [];
  for (let n = 0; n < ROUNDS; n += 1) {
    const rows_ = page.locator("tr[data-visit]");
    const target = rows_.nth(n + 1);
    const visit = await target.getAttribute("data-visit");
    selected.push(await timed(() => target.locator(".rc-why").click(), `document.querySelector("tr.is-on")?.dataset.visit === ${JSON.stringify(visit)}`));
  }
  row("row of the list selected, its card shown", 100, selected);
  await gather();

  tell("rows were selected");
  // The palette.
  const palette = [];
  for (let n = 0; n < ROUNDS; n += 1) {
    palette.push(await timed(() => page.keyboard.press("Control+k"), "document.querySelector('#palette[open] .pal-i')"));
    await page.keyboard.press("Escape");
  }
  row("palette opened, its first answers shown", 150, palette);
  await gather();

  tell("the palette was opened");
  // The chart: search per key, a drug in one line, Do, a dose, autosave, a disease name.
  await page.goto(open);
  const [keys, drugs, repeats, doses, saves, names] = [[], [], [], [], [], []];
  for (let n = 0; n < ROUNDS; n += 1) {
    await page.keyboard.press("r");
    for (const [at, letter] of ["a", "m", "u", "r", "o"].entries()) {
      const wait = at < 2 ? "true" : "document.querySelector('#orders [role=option]')";
      const time = await timed(() => page.keyboard.press(letter), wait);
      if (at === 2) keys.push(time);
    }
    await page.keyboard.press("Escape");
    await page.locator("#orders input[data-key=r]").fill("");
    await page.keyboard.type("かろなーる 2T 頓 発熱時 10回");
    await page.locator("#orders [role=option][aria-selected=true]").waitFor();
    drugs.push(await timed(() => page.keyboard.press("Enter"), "document.querySelector('#orders [data-toast]')"));
    await back(page);
    repeats.push(await timed(() => page.keyboard.press("Alt+y"), "document.querySelector('#orders [data-toast]')?.textContent.includes('写しました')"));
    const dose = page.locator("#orders input[name=dose]").first();
    await dose.fill(await dose.inputValue() === "1" ? "2" : "1");
    doses.push(await timed(() => dose.press("Enter"), "document.querySelector('#orders [data-toast]')?.textContent.includes('1回量')"));
    await page.reload();
    for (let left = await page.locator("#orders .rx:not(.is-out) .rx-d").count(); left > 0; left -= 1) await remove(page, left);
    await page.reload();
    await page.locator("#note-form [data-section=S]").fill(`測定 ${n} ${Date.now()}`);
    saves.push(await timed(() => page.keyboard.press("Tab"), "[...document.querySelectorAll('[data-section=S]')].every((f) => f.form.elements.S_base.value === f.value)"));
    await page.locator("h2").first().click();
    await page.keyboard.press("d");
    await page.locator("#problems-block input[name=q]:focus").waitFor();
    await page.keyboard.type("tounyo");
    names.push(await timed(() => page.keyboard.press("u"), "document.querySelector('#problems-block [role=option]')"));
    await page.keyboard.press("Escape");
    await gather();
    await page.reload();
    tell(`worked in the chart, ${n + 1} of ${ROUNDS}`);
  }
  row("drug searched, first list shown", 100, keys);
  row("drug of a shorthand line added, with checks", 150, drugs);
  row("前回Do, with checks", 250, repeats);
  row("dose changed, with checks", 150, doses);
  row("autosave, kept by the server", 300, saves);
  row("disease searched, list shown", 100, names);
  row("any press painted (event to next frame; those below 16 ms are not reported)", 100, answered);
  rows.push({ what: "layout shift, sum over all pages", wanted: 0, times: shift.length, median: median(shift), max: Math.max(...shift) });
}

async function back(page) {
  await page.locator("#orders [data-toast]").getByRole("button", { name: "元に戻す" }).click();
  await page.locator("#orders [data-toast]", { hasText: "元に戻しました" }).waitFor();
}

async function remove(page, left) {
  await page.locator("#orders a[data-part]").first().click();
  await page.locator("#orders .od-e").getByRole("button", { name: "外す" }).click();
  await page.waitForFunction((n) => document.querySelectorAll("#orders .rx:not(.is-out) .rx-d").length < n, left);
}

const data = mkdtempSync(path.join(tmpdir(), "karute-measure-"));
process.env.KARUTE_DATA = data;
const port = await freePort();
const url = `http://127.0.0.1:${port}`;
migrate();
const clinic = prepare(1, YEARS, PATIENTS);
const server = spawn(executable(), ["serve", "--listen", `127.0.0.1:${port}`, "--ops-listen", `127.0.0.1:${await freePort()}`, "--log", "warn"], { stdio: ["ignore", "ignore", "inherit"] });
let browser;
try {
  await untilReady(url, server);
  const [name, value] = (await signIn(url, clinic)).split(/=(.*)/s);
  browser = await chromium.launch({ executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium", args: process.getuid?.() === 0 ? ["--no-sandbox"] : [] });
  const context = await browser.newContext({ bypassCSP: true, viewport: LAPTOP, locale: "ja-JP", timezoneId: "Asia/Tokyo" });
  await context.addCookies([{ name, value, url }]);
  await context.addInitScript(inPage);
  const page = await context.newPage();
  await page.goto(`${url}/reception`); // style sheet and script are in the browser from now on
  const tools = await context.newCDPSession(page);
  await tools.send("Network.enable");
  await tools.send("Network.emulateNetworkConditions", { offline: false, latency: ROUND_TRIP_MS, downloadThroughput: BYTES_PER_SECOND, uploadThroughput: BYTES_PER_SECOND });
  await tools.send("Emulation.setCPUThrottlingRate", { rate: SLOWER });
  page.setDefaultTimeout(60_000);
  tell("begins");
  await measure(page, url);
} finally {
  await browser?.close();
  const ended = new Promise((resolve) => { server.once("exit", resolve); });
  server.kill("SIGTERM");
  await ended;
  rmSync(data, { recursive: true, force: true });
}
const load = loadavg()[0].toFixed(1);
if (process.argv.includes("--json")) {
  console.log(JSON.stringify({ slower: SLOWER, round_trip_ms: ROUND_TRIP_MS, load, rows }));
} else {
  console.log(`${SLOWER}× slow-down, ${ROUND_TRIP_MS} ms round trip, load average ${load}; times in ms\n`);
  console.log("| What | Wanted | Times | Median | Most |\n| --- | --- | --- | --- | --- |");
  for (const { what, wanted, times, median: middle, max } of rows) console.log(`| ${what} | ≤ ${wanted} | ${times} | ${middle} | ${max} |`);
}

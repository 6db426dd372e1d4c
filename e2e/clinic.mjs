// A demonstration of its own for the tests, and browsers for its people.
//
// KARUTE_BIN names the executable (default: target/release/karute, then target/debug/karute of this repository);
// CHROMIUM the browser (default /usr/bin/chromium); KARUTE_E2E_CLINIC a demonstration made before, of which every file of
// tests takes a copy (suite.mjs makes one: inventing its three years takes longer than most tests).
import axe from "axe-core";
import assert from "node:assert/strict";
import { spawn, execFileSync } from "node:child_process";
import { cpSync, existsSync, mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { createInterface } from "node:readline";
import { chromium } from "playwright-core";

const here = import.meta.dirname;
const PATIENTS = "60";
const READY_MS = 180_000;

export function executable() {
  const found = [
    process.env.KARUTE_BIN,
    path.join(here, "../target/release/karute"),
    path.join(here, "../target/debug/karute"),
  ].find((file) => file && existsSync(file));
  assert.ok(found, "no karute executable: build one, or name it in KARUTE_BIN");
  return path.resolve(found);
}

// Starts `karute demo` on these addresses; answers its ready line and the process.
async function start(data, listen) {
  const child = spawn(executable(), ["demo", "--listen", listen, "--ops-listen", "127.0.0.1:0", "--data", data, "--patients", PATIENTS, "--seed", "7"], {
    stdio: ["ignore", "pipe", "pipe"],
  });
  let told = "";
  child.stderr.on("data", (text) => { told += text; });
  const ready = await new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error(`karute demo was not ready in time:\n${told}`)), READY_MS);
    child.once("exit", (code) => reject(new Error(`karute demo ended with ${code}:\n${told}`)));
    createInterface({ input: child.stdout }).once("line", (line) => {
      clearTimeout(timer);
      resolve(JSON.parse(line));
    });
  });
  return { child, ready, told: () => told };
}

async function stop(child) {
  const ended = new Promise((resolve) => { child.once("exit", resolve); });
  child.kill("SIGTERM");
  const patience = setTimeout(() => child.kill("SIGKILL"), 15_000);
  await ended;
  clearTimeout(patience);
}

export const BROWSER = {
  executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
  args: process.getuid?.() === 0 ? ["--no-sandbox"] : [],
};

// Makes a demonstration in a directory, and ends it.
export async function makeClinic(data) {
  const { child } = await start(data, "127.0.0.1:0");
  await stop(child);
}

// A demonstration on free ports in a directory of its own, and a browser.
export async function openClinic() {
  const data = mkdtempSync(path.join(tmpdir(), "karute-e2e-"));
  if (process.env.KARUTE_E2E_CLINIC) cpSync(process.env.KARUTE_E2E_CLINIC, data, { recursive: true });
  let server = await start(data, "127.0.0.1:0");
  const { ready } = server;
  const before = [];
  const browser = await chromium.launch(BROWSER);
  const fhir = (pathname) => fetch(`${ready.fhir}/${pathname}`, { headers: { authorization: `Bearer ${ready.token}` } }).then((r) => r.json());
  const addresses = new Set();
  return {
    ready,
    browser,
    addresses,
    told: () => [...before, server.told()].join(""),
    user: (role) => ready.users.find((user) => user.role === role),
    code: (user) => execFileSync(executable(), ["totp", user.totp_secret], { encoding: "utf8" }).trim(),
    fhir,
    // The server goes away, and comes back at the same address.
    stop: () => stop(server.child),
    start: async () => {
      before.push(server.told());
      server = await start(data, new URL(ready.url).host);
    },
    // Ends everything; by then no browser may have asked for an address that tells of a patient.
    close: async () => {
      await browser.close();
      const telling = await fhir("Patient?_count=200").then(({ entry }) => tellingAddresses(addresses, entry.map((e) => e.resource)));
      await stop(server.child);
      rmSync(data, { recursive: true, force: true });
      assert.deepEqual(telling, [], "addresses that tell of a patient");
    },
  };
}

// Addresses that hold Japanese words (names, what was searched for), or a patient's number, birth date or telephone.
export function tellingAddresses(addresses, patients) {
  const plain = patients.flatMap((p) => [
    ...(p.identifier ?? []).map((i) => i.value),
    ...(p.telecom ?? []).flatMap((t) => [t.value, t.value.replaceAll("-", "")]),
    p.birthDate, p.birthDate?.replaceAll("-", ""),
  ]).filter((text) => text?.length >= 5);
  const alone = (text) => new RegExp(`(?<![0-9a-z-])${text.replace(/[^0-9A-Za-z]/g, "\\$&")}(?![0-9a-z-])`, "i");
  const marks = [/[\u3040-\u30ff\u3400-\u9fff\uff66-\uff9f]/, ...plain.map(alone)];
  return [...addresses].filter((address) => {
    const words = decodeURIComponent(address.replaceAll("+", " "));
    return address.startsWith("http") && marks.some((mark) => mark.test(words));
  });
}

export const LAPTOP = { width: 1366, height: 768 };
// A tablet lying on the desk, as the tasks are done on: a finger is no mouse.
export const TOUCH = { width: 1180, height: 820 };
export const TABLET = { width: 1024, height: 768 };
// The same tablet held upright.
export const UPRIGHT = { width: 820, height: 1180 };
export const PHONE = { width: 390, height: 844 };

// From now on the page is one of a device with a finger and no mouse (media queries too), of this size.
export async function turnToTouch(page, viewport) {
  // What a session has set ends with the session: it stays open.
  const tools = await page.context().newCDPSession(page);
  await tools.send("Emulation.setTouchEmulationEnabled", { enabled: true, maxTouchPoints: 5 });
  await page.setViewportSize(viewport);
  assert.ok(await page.evaluate(() => matchMedia("(pointer: coarse)").matches), "a finger, as the style sheet sees it");
}

// A page that remembers everything a browser complains about.
export async function openPage(clinic, viewport = LAPTOP, options = {}) {
  const context = await clinic.browser.newContext({ viewport, locale: "ja-JP", timezoneId: "Asia/Tokyo", ...options });
  context.on("request", (request) => clinic.addresses.add(request.url()));
  const page = await context.newPage();
  const complaints = complaintsOf(page);
  return { page, context, complaints };
}

// What a browser complains about on a page, from now on.
export function complaintsOf(page) {
  const complaints = [];
  page.on("console", (message) => {
    if (["error", "warning"].includes(message.type())) complaints.push(`${message.type()}: ${message.text()}`);
  });
  page.on("pageerror", (error) => complaints.push(`error: ${error.message}`));
  return complaints;
}

// Signs in by the demonstration's link.
export async function openAs(clinic, role, viewport = LAPTOP, options = {}) {
  const opened = await openPage(clinic, viewport, options);
  await opened.page.goto(clinic.user(role).sign_in_link);
  return opened;
}

// Signs in at the second institution of the demonstration.
export async function openAtOther(clinic, role, viewport = LAPTOP, options = {}) {
  const opened = await openPage(clinic, viewport, options);
  await opened.page.goto(clinic.ready.other_users.find((user) => user.role === role).sign_in_link);
  return opened;
}

const WCAG = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22a", "wcag22aa"];

// What axe finds against WCAG 2.2 A and AA, and what it calls serious besides. Run in the page itself, which has no
// frames: a page of its own for the report, as axe's helper opens, takes longer than looking.
export async function violations(page) {
  if (!await page.evaluate(() => Boolean(window.axe))) await page.evaluate(axe.source);
  const found = await page.evaluate(async (tags) => {
    const { violations: all } = await window.axe.run(document, { runOnly: { type: "tag", values: tags }, resultTypes: ["violations"] });
    return all.map(({ id, impact, tags: of, nodes }) => ({ id, impact, of, html: nodes.slice(0, 3).map((n) => n.html) }));
  }, [...WCAG, "best-practice"]);
  assert.equal(await page.locator("iframe, frame").count(), 0, "axe looks into no frame");
  const bad = found.filter(({ of, impact }) => of.some((tag) => WCAG.includes(tag)) || ["serious", "critical"].includes(impact));
  return bad.map(({ id, impact, html }) => `${id} (${impact}): ${html.join(" | ")}`);
}

export async function isAccessible(page, what) {
  assert.deepEqual(await violations(page), [], what);
}

// Presses 診察を終える on a chart; says what is open when the visit cannot be finished.
export async function finish(page) {
  await page.locator("[data-finish]").click();
  await page.locator(".od-open, a.btn-p[href='/reception?status=waiting']").first().waitFor();
  assert.deepEqual(await page.locator(".od-open li").allTextContents(), [], "nothing is open");
}

// A picture for people to look at; compared with nothing.
export async function picture(page, name) {
  const folder = path.join(here, "screenshots");
  mkdirSync(folder, { recursive: true });
  await page.screenshot({ path: path.join(folder, `${name}.png`) });
}

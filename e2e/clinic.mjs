// A demonstration of its own for the tests, and browsers for its people.
//
// KARUTE_BIN names the executable (default: target/release/karute, then target/debug/karute of this repository);
// CHROMIUM the browser (default /usr/bin/chromium).
import { AxeBuilder } from "@axe-core/playwright";
import assert from "node:assert/strict";
import { spawn, execFileSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { createInterface } from "node:readline";
import { chromium } from "playwright-core";

const here = import.meta.dirname;
const PATIENTS = "60";
const READY_MS = 180_000;

function executable() {
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
  return { child, ready };
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

// A demonstration on free ports in a directory of its own, and a browser.
export async function openClinic() {
  const data = mkdtempSync(path.join(tmpdir(), "karute-e2e-"));
  let { child, ready } = await start(data, "127.0.0.1:0");
  const browser = await chromium.launch(BROWSER);
  return {
    ready,
    browser,
    user: (role) => ready.users.find((user) => user.role === role),
    code: (user) => execFileSync(executable(), ["totp", user.totp_secret], { encoding: "utf8" }).trim(),
    fhir: (pathname) => fetch(`${ready.fhir}/${pathname}`, { headers: { authorization: `Bearer ${ready.token}` } }).then((r) => r.json()),
    // The server goes away, and comes back at the same address.
    stop: () => stop(child),
    start: async () => { ({ child } = await start(data, new URL(ready.url).host)); },
    close: async () => {
      await browser.close();
      await stop(child);
      rmSync(data, { recursive: true, force: true });
    },
  };
}

export const LAPTOP = { width: 1366, height: 768 };
export const TABLET = { width: 1024, height: 768 };
export const UPRIGHT = { width: 768, height: 1024 };

// A page that remembers everything a browser complains about.
export async function openPage(clinic, viewport = LAPTOP, options = {}) {
  const context = await clinic.browser.newContext({ viewport, locale: "ja-JP", timezoneId: "Asia/Tokyo", ...options });
  const page = await context.newPage();
  const complaints = [];
  page.on("console", (message) => {
    if (["error", "warning"].includes(message.type())) complaints.push(`${message.type()}: ${message.text()}`);
  });
  page.on("pageerror", (error) => complaints.push(`error: ${error.message}`));
  return { page, context, complaints };
}

// Signs in by the demonstration's link.
export async function openAs(clinic, role, viewport = LAPTOP, options = {}) {
  const opened = await openPage(clinic, viewport, options);
  await opened.page.goto(clinic.user(role).sign_in_link);
  return opened;
}

// Nothing that axe calls serious or critical; the rules of WCAG 2.2 A and AA.
export async function isAccessible(page, what) {
  const found = await new AxeBuilder({ page }).withTags(["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]).analyze();
  const bad = found.violations.filter((v) => ["serious", "critical"].includes(v.impact));
  const words = bad.map((v) => `${v.id} (${v.impact}): ${v.nodes.slice(0, 3).map((n) => n.html).join(" | ")}`);
  assert.deepEqual(words, [], what);
}

// A picture for people to look at; compared with nothing.
export async function picture(page, name) {
  const folder = path.join(here, "screenshots");
  mkdirSync(folder, { recursive: true });
  await page.screenshot({ path: path.join(folder, `${name}.png`) });
}

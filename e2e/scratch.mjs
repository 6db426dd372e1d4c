import { chromium } from "playwright-core";
import { readFileSync } from "node:fs";
const ready = JSON.parse(readFileSync("/tmp/rx-demo/ready.json", "utf8"));
const browser = await chromium.launch({ executablePath: "/usr/bin/chromium", args: ["--no-sandbox"] });
const context = await browser.newContext({ viewport: { width: 1366, height: 768 }, locale: "ja-JP", timezoneId: "Asia/Tokyo" });
const page = await context.newPage();
page.on("console", (m) => console.log(m.type(), m.text()));
page.on("pageerror", (e) => console.log("ERR", e.message));
await page.goto(ready.users.find((u) => u.role === "doctor").sign_in_link);
const fhir = (p) => fetch(`${ready.fhir}/${p}`, { headers: { authorization: `Bearer ${ready.token}` } }).then((r) => r.json());
const { entry } = await fhir("Encounter?status=arrived,in-progress&_count=60");
let n = 0;
for (const { resource } of entry ?? []) {
  const patient = resource.subject.reference.split("/")[1];
  const url = `${ready.url}/p/${patient}/v/${resource.id}`;
  await page.goto(url);
  const again = page.locator("#orders button[data-key='Alt+y']");
  if (!(await again.count())) continue;
  await again.click();
  await page.locator("#orders .toast").waitFor();
  await page.keyboard.press("F8");
  await page.locator("dialog #issue-check[data-open]").waitFor();
  const open = await page.locator("dialog #issue-check").getAttribute("data-open");
  const alert = await page.locator("dialog #issue-check [role=alert]").allTextContents();
  console.log(url, open, alert.join("|").slice(0, 300));
  await page.screenshot({ path: `/tmp/rx-demo/dialog-${n}.png` });
  if (n === 0) await page.setViewportSize({ width: 1180, height: 820 }), await page.screenshot({ path: `/tmp/rx-demo/dialog-t.png` }), await page.setViewportSize({ width: 1366, height: 768 });
  if (open === "0" && !alert.length) {
    await page.keyboard.press("F8");
    await page.locator("dialog #issue.iss-1").waitFor();
    await page.waitForTimeout(2500);
    await page.screenshot({ path: `/tmp/rx-demo/state-${n}.png` });
    console.log(await page.locator("dialog #issue").innerText());
    await page.keyboard.press("Escape");
    await page.waitForTimeout(800);
    await page.screenshot({ path: `/tmp/rx-demo/chart-${n}.png` });
    break;
  }
  n += 1;
  if (n > 5) break;
}
await browser.close();

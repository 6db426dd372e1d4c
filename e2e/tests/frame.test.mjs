// What every screen has: the palette, the list of keys, the lock, and what each person sets.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { isAccessible, LAPTOP, openAs, openClinic, openPage, picture, TABLET } from "../clinic.mjs";

let clinic;
before(async () => { clinic = await openClinic(); });
after(async () => { await clinic?.close(); });

async function doctor(viewport = LAPTOP) {
  const opened = await openAs(clinic, "doctor", viewport);
  await opened.page.waitForURL("**/reception");
  return opened;
}

test("the palette opens a waiting patient's chart with a few keys and is accessible", async () => {
  for (const viewport of [LAPTOP, TABLET]) {
    const { page, context, complaints } = await doctor(viewport);
    await page.keyboard.press("Control+k");
    await page.locator("#palette .pal-i").first().waitFor();
    await isAccessible(page, "frame");
    await picture(page, `palette-${viewport.width}`);
    const name = await page.locator("#palette .pal-i b").first().textContent();
    await page.keyboard.press("Enter");
    await page.waitForURL(/\/p\//);
    assert.equal(await page.locator(".pt-name b").textContent(), name);
    assert.ok(!decodeURIComponent(page.url()).includes(name), "no names in addresses");
    assert.deepEqual(complaints, []);
    await context.close();
  }
});

test("screens are found by kana and by romaji, and Escape closes without a trace", async () => {
  const { page, context } = await doctor();
  for (const typed of ["うけつけ", "uketuke"]) {
    await page.keyboard.press("Control+k");
    await page.fill("#palette input[name=q]", typed);
    await page.locator("#palette .pal-i", { hasText: "受付一覧" }).waitFor();
    await page.keyboard.press("Escape");
    assert.equal(await page.locator("#palette[open]").count(), 0);
  }
  await context.close();
});

test("g then r leads to the reception list, ? lists the keys, and neither acts while typing or composing", async () => {
  const { page, context } = await doctor();
  await page.goto(`${clinic.ready.url}/me`);
  await page.locator("h1").click();
  await page.keyboard.press("g");
  await page.keyboard.press("r");
  await page.waitForURL(/\/reception/);
  await page.locator("h1").click();
  await page.keyboard.press("?");
  await page.locator("#keys[open]").waitFor();
  await isAccessible(page, "frame");
  await picture(page, "keys");
  await page.keyboard.press("Escape");
  const field = page.locator("form[data-search] input[name=q]");
  await field.focus();
  await page.keyboard.type("?gr");
  assert.equal(await field.inputValue(), "?gr");
  assert.equal(await page.locator("dialog[open]").count(), 0);
  await field.evaluate((element) => element.dispatchEvent(new KeyboardEvent("keydown", { key: "k", ctrlKey: true, isComposing: true, bubbles: true })));
  assert.equal(await page.locator("#palette[open]").count(), 0);
  await context.close();
});

test("the screen locks after the idle time, keeps what was typed, and opens with the password", async () => {
  const opened = await openPage(clinic);
  const { page, context } = opened;
  await page.clock.install();
  await page.goto(clinic.user("doctor").sign_in_link);
  await page.waitForURL("**/reception");
  const field = page.locator("form[data-search] input[name=q]");
  await field.fill("わたな");
  const idle = Number(await page.locator(".app").getAttribute("data-idle"));
  assert.ok(idle >= 60_000 && idle <= 30 * 60_000);
  await page.clock.fastForward(idle + 10_000);
  await page.locator("#lock[open]").waitFor();
  await isAccessible(page, "frame");
  await picture(page, "locked");
  const outside = await page.evaluate(() => fetch("/reception", { headers: { "x-fragment": "1" } }).then((r) => r.status));
  assert.equal(outside, 423, "the server shows nothing either");
  await page.fill("#lock input[name=proof]", "wrong-password");
  await page.click("#lock [data-unlock] button");
  await page.locator("[data-unlock-problem]", { hasText: "違います" }).waitFor();
  await page.fill("#lock input[name=proof]", clinic.user("doctor").password);
  await page.click("#lock [data-unlock] button");
  await page.locator("#lock").waitFor({ state: "hidden" });
  assert.equal(await field.inputValue(), "わたな");
  assert.ok(await field.evaluate((element) => element === document.activeElement), "the caret is back where it was");
  await context.close();
});

test("large letters and keys without Alt are each person's own choice", async () => {
  const { page, context } = await doctor();
  await page.goto(`${clinic.ready.url}/me`);
  await page.check("input[name=density][value=large]");
  await page.check("input[name=keys][value=off]");
  await page.locator("form[action='/me/screen'] button").click();
  await page.getByText("画面の好みを変えました").waitFor();
  await isAccessible(page, "frame");
  await picture(page, "me-large");
  assert.equal(await page.evaluate(() => getComputedStyle(document.documentElement).fontSize), "18px");
  await page.locator("h1").click();
  await page.keyboard.press("?");
  assert.equal(await page.locator("#keys[open]").count(), 0);
  await page.check("input[name=density][value=standard]");
  await page.check("input[name=keys][value=on]");
  await page.locator("form[action='/me/screen'] button").click();
  await page.getByText("画面の好みを変えました").waitFor();
  await context.close();
});

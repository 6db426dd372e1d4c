// Disease names, allergies, results, documents, drawings and full-text search in a browser.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { openAs, openClinic, picture } from "../clinic.mjs";

let clinic;
let patient;

before(async () => {
  clinic = await openClinic();
  // Somebody with laboratory results of years: the first patient of the cast.
  const found = await clinic.fhir("Observation?code=3D046000001927101&_count=1");
  patient = found.entry[0].resource.subject.reference.split("/")[1];
});
after(() => clinic?.close());

test("a disease name with its modifier: one click or three keys, and it can be taken back", async () => {
  const { page, context, complaints } = await openAs(clinic, "doctor");
  await page.goto(`${clinic.ready.url}/p/${patient}`);
  const count = () => page.locator("#problems-block .dx-l > li").count();
  const before_ = await count();
  // Keys: D, what is typed, Enter.
  await page.keyboard.press("d");
  await page.keyboard.type("みぎ ひざ へんけい");
  await page.waitForSelector("#problems-block [role=option][aria-selected=true]");
  await page.keyboard.press("Enter");
  await page.waitForSelector("#problems-block >> text=右変形性膝関節症 を追加しました");
  assert.equal(await count(), before_ + 1);
  assert.ok(page.url().endsWith(`/p/${patient}`), "the chart stays open and its address holds nothing typed");
  // The same again is no second entry (SRCH-22).
  await page.keyboard.type("みぎ ひざ へんけい");
  await page.waitForSelector("#problems-block [role=option]");
  await page.locator("#problems-block [role=option]").first().click();
  await page.waitForSelector("#problems-block >> text=すでに有効です");
  assert.equal(await count(), before_ + 1);
  await page.goto(`${clinic.ready.url}/p/${patient}/problems`);
  await picture(page, "problems");
  await page.locator("table a.t-b", { hasText: "右変形性膝関節症" }).click();
  await page.fill("#reason", "試しに入れた");
  await page.click("text=削除する");
  await page.waitForSelector("text=病名を削除しました");
  // A refused change (409) is told by the page; the browser notes its status.
  assert.deepEqual(complaints.filter((c) => !c.includes("409")), []);
  await context.close();
});

test("a key pressed while kana are being composed opens nothing", async () => {
  const { page, context } = await openAs(clinic, "doctor");
  await page.goto(`${clinic.ready.url}/p/${patient}`);
  await page.evaluate(() => document.dispatchEvent(new KeyboardEvent("keydown", { key: "d", isComposing: true, bubbles: true })));
  assert.equal(await page.evaluate(() => document.activeElement.name ?? ""), "");
  await context.close();
});

test("graphs are walked from point to point by keys, and the table stands beside them", async () => {
  const { page, context, complaints } = await openAs(clinic, "doctor");
  await page.goto(`${clinic.ready.url}/p/${patient}/results?set=all&drugs=1&m=3D046`);
  assert.equal(await page.locator("table.labs").count(), 1);
  await page.locator("[data-graph]").first().focus();
  await page.keyboard.press("End");
  const words = page.locator("[data-graph] [data-point-words]").first();
  const newest = await words.textContent();
  await page.keyboard.press("ArrowLeft");
  const older = await words.textContent();
  assert.match(newest, /%/);
  assert.notEqual(newest, older);
  await picture(page, "results");
  await page.locator("details.gr-aim summary").first().click();
  await page.fill("[name=high]", "7.0");
  await page.click("details.gr-aim[open] button");
  await page.waitForSelector("text=目標 7.0 以下");
  await page.goto(`${clinic.ready.url}/p/${patient}`);
  await page.waitForSelector(".trend >> text=目標 7.0 以下");
  assert.deepEqual(complaints, []);
  await context.close();
});

test("a drawing by mouse is kept and goes on as a new version", async () => {
  const { page, context, complaints } = await openAs(clinic, "doctor");
  await page.goto(`${clinic.ready.url}/p/${patient}/schema/knee`);
  const box = await page.locator("[data-paper]").boundingBox();
  await page.mouse.move(box.x + box.width * 0.4, box.y + box.height * 0.4);
  await page.mouse.down();
  for (let n = 0; n < 12; n++) await page.mouse.move(box.x + box.width * 0.4 + n * 6, box.y + box.height * 0.4 + (n % 3) * 8);
  await page.mouse.up();
  await page.fill("[name=caption]", "右膝内側に圧痛");
  await picture(page, "schema");
  await page.click("text=記録に保存");
  await page.waitForSelector("h2 >> text=右膝内側に圧痛");
  assert.ok(await page.locator(".doc-v img").evaluate((img) => img.complete && img.naturalWidth > 0), "the picture is shown");
  await page.click("text=描き足す");
  assert.match(await page.locator("[name=drawing]").inputValue(), /"strokes":\[\{/);
  await page.click("[data-undo]");
  await page.fill("[name=caption]", "2週後も圧痛");
  await page.click("text=記録に保存");
  await page.waitForSelector("text=前の版も残っています");
  assert.deepEqual(complaints, []);
  await context.close();
});

test("words of a chart are found and leave no trace in an address", async () => {
  const { page, context, complaints } = await openAs(clinic, "doctor");
  await page.goto(`${clinic.ready.url}/p/${patient}/problems`);
  await page.fill(".pt-nav input[name=q]", "食事");
  await page.keyboard.press("Enter");
  await page.waitForSelector(".fd mark");
  assert.ok(!decodeURIComponent(page.url()).includes("食事"));
  await page.goto(`${clinic.ready.url}/records`);
  await page.fill("[action='/records/search'] input[name=q]", "食事");
  await page.keyboard.press("Enter");
  await page.waitForSelector(".fd mark");
  assert.deepEqual(complaints, []);
  await context.close();
});

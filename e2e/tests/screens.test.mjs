// The first screens, as the people of a clinic use them.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { isAccessible, LAPTOP, openAs, openClinic, openPage, picture } from "../clinic.mjs";

let clinic;
before(async () => { clinic = await openClinic(); });
after(async () => { await clinic?.close(); });

test("a doctor signs in with password and code and meets today's reception list", async () => {
  const { page, context, complaints } = await openPage(clinic);
  const doctor = clinic.user("doctor");
  await page.goto(clinic.ready.url);
  await isAccessible(page, "sign-in");
  await picture(page, "sign-in");
  await page.getByLabel("施設名").fill(clinic.ready.tenant);
  await page.getByLabel("ログイン名").fill(doctor.login);
  await page.getByLabel("パスワード").fill(doctor.password);
  await page.getByRole("button", { name: "次へ" }).click();
  await isAccessible(page, "code");
  await page.getByLabel("認証コード").fill(clinic.code(doctor));
  await page.getByRole("button", { name: "サインイン" }).click();
  await page.waitForURL("**/reception");
  await page.getByRole("heading", { level: 1, name: "受付" }).waitFor();
  assert.ok(await page.locator("tr[data-visit]").count() >= 5, "patients of today are listed");
  const cookies = await context.cookies();
  assert.deepEqual(cookies.map((c) => [c.httpOnly, c.sameSite]), [[true, "Strict"]]);
  await page.getByRole("button", { name: "退出" }).click();
  await page.waitForURL("**/sign-in");
  await page.goBack();
  await page.waitForURL("**/sign-in");
  assert.deepEqual(complaints, []);
  await context.close();
});

test("a receptionist finds a patient by kana while typing and opens the summary", async () => {
  const { page, context, complaints } = await openAs(clinic, "clerk");
  const row = page.locator("tr[data-visit]").first();
  const kana = (await row.locator("small").textContent()).split(/[\s　]/)[0];
  const name = await row.locator(".rc-pick").textContent();
  await page.keyboard.press("/");
  await page.keyboard.type(kana.slice(0, 3));
  const answer = page.locator(".find-pop");
  await answer.getByRole("link", { name, exact: true }).first().waitFor();
  assert.match(await answer.locator(".hit-f").first().textContent(), /歳.*患者番号/s);
  await isAccessible(page, "search answers");
  await picture(page, "search");
  await answer.getByRole("link", { name, exact: true }).first().click();
  await page.waitForURL("**/p/*");
  assert.equal((await page.locator(".pt-name b").textContent()).trim(), name);
  assert.match(await page.locator(".pt-risk").textContent(), /アレルギー/);
  assert.equal(await page.locator(".soap").count(), 0, "reception sees no notes");
  assert.ok(!(await page.title()).includes(name.split(" ")[0]));
  assert.deepEqual(complaints, []);
  await context.close();
});

test("a press on a row shows its card, the button takes its step, and the other desk sees it", async () => {
  const desk = await openAs(clinic, "clerk");
  const other = await openAs(clinic, "nurse");
  const waiting = desk.page.locator("tr[data-visit]", { has: desk.page.getByRole("button", { name: "呼び出す" }) });
  const row = waiting.nth(1);
  const visit = await row.getAttribute("data-visit");
  const name = await row.locator(".rc-pick").textContent();
  await row.locator(".rc-why").click();
  await desk.page.locator("#reception-card h2", { hasText: name }).waitFor();
  await desk.page.waitForURL(new RegExp(`v=${visit}`));
  await desk.page.locator(`tr[data-visit="${visit}"]`).getByRole("button", { name: "呼び出す" }).click();
  await desk.page.locator(`tr[data-visit="${visit}"]`).getByRole("button", { name: "会計へ" }).waitFor();
  await other.page.locator(`tr[data-visit="${visit}"]`).getByRole("button", { name: "会計へ" }).waitFor({ timeout: 5_000 });
  await picture(desk.page, "called");
  await isAccessible(desk.page, "after a step");
  await desk.page.getByRole("button", { name: "元に戻す" }).click();
  await desk.page.locator(`tr[data-visit="${visit}"]`).getByRole("button", { name: "呼び出す" }).waitFor();
  assert.deepEqual(desk.complaints, []);
  assert.deepEqual(other.complaints, []);
  await desk.context.close();
  await other.context.close();
});

test("keys move through the list and take the next step", async () => {
  const { page, context, complaints } = await openAs(clinic, "doctor");
  const selected = () => page.locator("tr.is-on").getAttribute("data-visit");
  const first = await selected();
  await page.keyboard.press("j");
  await page.waitForFunction((was) => document.querySelector("tr.is-on")?.dataset.visit !== was, first);
  await page.keyboard.press("k");
  await page.waitForFunction((was) => document.querySelector("tr.is-on")?.dataset.visit === was, first);
  await page.keyboard.press("Enter");
  await page.waitForURL("**/p/*");
  await page.getByRole("link", { name: "受付一覧へ" }).click();
  await page.waitForURL("**/reception");
  await page.keyboard.press("n");
  await page.getByRole("dialog", { name: "受付する" }).waitFor();
  assert.deepEqual(complaints, []);
  await context.close();
});

test("everything works without script", async () => {
  const { page, context } = await openAs(clinic, "clerk", LAPTOP, { javaScriptEnabled: false });
  const row = page.locator("tr[data-visit]", { has: page.getByRole("button", { name: "呼び出す" }) }).first();
  const name = await row.locator(".rc-pick").textContent();
  await row.locator(".rc-pick").click();
  await page.locator("#reception-card h2", { hasText: name }).waitFor();
  await page.locator("#reception-card").getByRole("button", { name: "呼び出してカルテを開く" }).click();
  await page.waitForURL(/\/p\/[0-9a-f-]+$/);
  await page.goto(`${clinic.ready.url}/patients`);
  await page.locator("form[data-search] input[name=q]").fill(name);
  await page.locator("form[data-search] input[name=q]").press("Enter");
  await page.waitForURL(/\/patients\/search$/);
  await page.getByRole("link", { name, exact: true }).first().waitFor();
  await context.close();
});

test("the auditor sees who looked at whom", async () => {
  const { page, context, complaints } = await openAs(clinic, "auditor");
  await page.waitForURL("**/audit");
  await isAccessible(page, "audit");
  await picture(page, "audit");
  assert.ok(await page.getByText("患者の要約").count() >= 1);
  assert.deepEqual(complaints, []);
  await context.close();
});

test("the page of components is accessible", async () => {
  const { page, context, complaints } = await openAs(clinic, "admin");
  await page.goto(`${clinic.ready.url}/internal/components`);
  await isAccessible(page, "components");
  await page.setViewportSize({ width: 1366, height: 1500 });
  await picture(page, "components");
  await page.goto(`${clinic.ready.url}/p/none`);
  await picture(page, "forbidden");
  // The browser itself reports the 403 of the page; nothing else.
  assert.deepEqual(complaints.filter((c) => !c.includes("403")), []);
  await context.close();
});

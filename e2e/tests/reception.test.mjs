// The desk: receiving, registering, changing a visit, merging, as the people of a clinic do it.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { isAccessible, LAPTOP, openAs, openClinic, picture } from "../clinic.mjs";

let clinic;
before(async () => { clinic = await openClinic(); });
after(async () => { await clinic?.close(); });

const expectedErrors = (complaints) => complaints.filter((c) => !/status of (409|410|422)/.test(c));

// Somebody of the clinic's past who is not here today, by the record.
async function absent(page) {
  const here = new Set(await page.locator("tr[data-visit] .rc-pick").allTextContents());
  const { entry } = await clinic.fhir("Patient?_count=60");
  return entry.map((e) => e.resource).filter((p) => p.name?.[1] && p.identifier && p.telecom).map((p) => ({
    id: p.id,
    name: `${p.name[0].family} ${p.name[0].given[0]}`,
    kana: p.name[1].given[0],
    number: p.identifier[0].value,
    phone: p.telecom[0].value,
  })).filter((p) => !here.has(p.name));
}

test("N, a number, Enter, Enter: a known patient is received by keys alone", async () => {
  const { page, context, complaints } = await openAs(clinic, "clerk");
  const [someone] = (await absent(page)).slice(-1);
  await page.keyboard.press("n");
  const dialog = page.getByRole("dialog", { name: "受付する" });
  await dialog.locator("input[name=q]").waitFor();
  await isAccessible(page, "dialog before");
  await page.keyboard.type(someone.number);
  await dialog.getByRole("link", { name: someone.name, exact: true }).waitFor();
  assert.match(await dialog.locator(".hit-f").first().textContent(), /歳.*患者番号/s);
  await isAccessible(page, "dialog with answers");
  await picture(page, "reception-found");
  await page.keyboard.press("Enter");
  await dialog.getByRole("button", { name: "受付する" }).waitFor();
  await isAccessible(page, "dialog with a patient");
  await picture(page, "reception-chosen");
  await page.keyboard.type("咳が続く");
  await page.keyboard.press("Enter");
  await page.waitForURL("**/reception?v=*");
  const row = page.locator("tr.is-on");
  assert.equal(await row.locator(".rc-pick").textContent(), someone.name);
  assert.match(await row.textContent(), /咳が続く/);
  await row.getByRole("button", { name: "問診を渡す" }).waitFor();
  assert.ok(!page.url().includes(someone.number));
  assert.deepEqual(complaints, []);
  await context.close();
});

test("the last four digits of a telephone number find somebody who is not here; Esc and back close the dialog", async () => {
  const { page, context, complaints } = await openAs(clinic, "clerk");
  const [someone] = (await absent(page)).slice(-3);
  const opener = page.getByRole("link", { name: /受付する/ }).first();
  await opener.click();
  const dialog = page.getByRole("dialog", { name: "受付する" });
  await dialog.locator("input[name=q]").fill(someone.phone.slice(-4));
  await dialog.getByRole("link", { name: someone.name, exact: true }).waitFor();
  await page.keyboard.press("Escape");
  await dialog.locator(".find-pop").waitFor({ state: "detached" });
  await page.keyboard.press("Escape");
  await dialog.waitFor({ state: "detached" });
  assert.ok(await opener.evaluate((link) => link === document.activeElement), "the focus returns");
  await opener.click();
  await dialog.waitFor();
  await page.goBack();
  await dialog.waitFor({ state: "detached" });
  assert.match(page.url(), /\/reception/);
  assert.deepEqual(complaints, []);
  await context.close();
});

test("a row pressed while the list is being read is not forgotten, and of several the last counts", async () => {
  const { page, context, complaints } = await openAs(clinic, "clerk");
  const rows = page.locator("tr[data-visit]");
  const visits = await rows.evaluateAll((all) => all.map((row) => row.dataset.visit));
  let release;
  const held = new Promise((resolve) => { release = resolve; });
  const asked = [];
  await page.route("**/reception/rows**", async (route) => {
    asked.push(route.request().url());
    if (asked.length === 1) await held;
    await route.continue();
  });
  const first = page.waitForRequest("**/reception/rows**");
  await rows.nth(1).locator(".rc-why").click();
  await first;
  for (const n of [2, 3]) await rows.nth(n).locator(".rc-why").click();
  release();
  await page.locator(`tr.is-on[data-visit="${visits[3]}"]`).waitFor();
  assert.ok(!asked.some((url) => url.includes(visits[2])), "what was pressed in between is not asked for");
  assert.deepEqual(complaints, []);
  await context.close();
});

test("an appointment is received by one press", async () => {
  const { page, context, complaints } = await openAs(clinic, "clerk");
  await page.getByRole("link", { name: /来院前の予約/ }).click();
  const before = await page.locator(".rc-t tbody tr").count();
  await page.locator(".rc-t").getByRole("button", { name: /受付する/ }).first().click();
  await page.waitForFunction((n) => document.querySelectorAll(".rc-t tbody tr").length < n, before);
  assert.deepEqual(complaints, []);
  await context.close();
});

test("a new patient: kana folds, the birth date is echoed in both calendars, faults stand under their fields", async () => {
  const { page, context, complaints } = await openAs(clinic, "clerk");
  await page.goto(`${clinic.ready.url}/patients/new`);
  await isAccessible(page, "new patient");
  await picture(page, "registration");
  await page.getByLabel("姓 必須").fill("試験");
  await page.getByLabel("名", { exact: true }).fill("花子");
  await page.getByLabel("姓のよみ").fill("しけん");
  await page.getByLabel("名のよみ").fill("ﾊﾅｺ");
  await page.getByLabel("生年月日").fill("s64.1.8");
  await page.getByRole("button", { name: "登録して受付へ進む" }).click();
  await page.getByText("平成元年1月8日ではありませんか").first().waitFor();
  assert.equal(await page.getByLabel("名のよみ").inputValue(), "ハナコ", "half-width kana were folded while typing, and nothing typed is lost");
  await isAccessible(page, "new patient with faults");
  await picture(page, "registration-faults");
  await page.getByLabel("生年月日").fill("4010108");
  await page.getByLabel("生年月日").blur();
  await page.getByText("平成元年1月8日（1989年）").waitFor();
  await page.getByLabel("名のよみ").fill("はなこ");
  await page.getByLabel("名のよみ").blur();
  await page.waitForFunction(() => document.querySelector("[name=given_kana]").value === "ハナコ");
  await page.getByLabel("性別（保険証の記載）").selectOption("female");
  await page.getByLabel("郵便番号").fill("100-0005");
  await page.getByRole("button", { name: "住所を入れる" }).click();
  await page.waitForFunction(() => document.querySelector("[name=city]").value === "千代田区丸の内");
  await page.getByLabel("保険者番号").fill("138057");
  await page.getByLabel("番号", { exact: true }).fill("77");
  await page.getByRole("button", { name: "登録して受付へ進む" }).click();
  await page.waitForURL("**/arrive");
  assert.match(await page.locator(".who").textContent(), /シケン ハナコ.*試験 花子/s);
  assert.match(await page.locator(".dl").textContent(), /国保 3割/);
  await page.getByRole("button", { name: "受付する" }).click();
  await page.waitForURL("**/reception?v=*");
  // The same person once more: shown side by side, and one has to be chosen.
  await page.goto(`${clinic.ready.url}/patients/new`);
  for (const [label, value] of [["姓 必須", "試験"], ["姓のよみ", "シケン"], ["名のよみ", "ハナコ"], ["生年月日", "H1.1.8"]]) await page.getByLabel(label).fill(value);
  await page.getByLabel("名", { exact: true }).fill("花");
  await page.getByLabel("性別（保険証の記載）").selectOption("female");
  await page.getByRole("button", { name: "登録して受付へ進む" }).click();
  await page.getByRole("link", { name: "この方です" }).waitFor();
  await isAccessible(page, "duplicate");
  await picture(page, "registration-duplicate");
  await page.getByRole("button", { name: "別の方として登録する" }).click();
  await page.waitForURL("**/arrive");
  assert.match(await page.locator("main").textContent(), /似た氏名の方が今日来院しています/);
  assert.deepEqual(expectedErrors(complaints), []);
  await context.close();
});

test("the order is changed by buttons and by Alt with an arrow, and taken back", async () => {
  const { page, context, complaints } = await openAs(clinic, "clerk");
  await page.goto(`${clinic.ready.url}/reception?status=waiting`);
  const order = () => page.locator("tr[data-visit]").evaluateAll((rows) => rows.map((row) => row.dataset.visit));
  const [first, second, ...rest] = await order();
  await page.locator(`tr[data-visit="${second}"] .rc-why`).click();
  await page.locator(`tr.is-on[data-visit="${second}"]`).waitFor();
  await page.keyboard.press("Alt+ArrowUp");
  await page.waitForFunction((id) => document.querySelector("tr[data-visit]").dataset.visit === id, second);
  assert.deepEqual(await order(), [second, first, ...rest]);
  await page.getByRole("button", { name: "元に戻す" }).click();
  await page.waitForFunction((id) => document.querySelector("tr[data-visit]").dataset.visit === id, first);
  await page.getByRole("link", { name: "順番・担当を変える" }).click();
  const dialog = page.getByRole("dialog", { name: "受付の変更" });
  await isAccessible(page, "change of a visit");
  await picture(page, "reception-change");
  await dialog.getByLabel("理由（なくてもよい）").fill("つらそう");
  await dialog.getByRole("button", { name: "最後へ" }).click();
  await dialog.waitFor({ state: "detached" });
  // Last of those in the same state: who comes after them depends on the hour at which this runs.
  await page.waitForFunction((id) => [...document.querySelectorAll("tr[data-visit]")].findIndex((row) => row.dataset.visit === id) > 1, second);
  assert.deepEqual(complaints, []);
  await context.close();
});

test("tags are one press, an arrival is cancelled with a reason and comes back, the other desk hears of it", async () => {
  const { page, context, complaints } = await openAs(clinic, "clerk");
  const other = await openAs(clinic, "nurse");
  const visit = await page.locator("tr.is-on").getAttribute("data-visit");
  const row = page.locator(`tr[data-visit="${visit}"]`);
  await page.getByRole("button", { name: "隔離" }).click();
  await row.getByText("隔離").waitFor();
  const news = other.page.locator(`tr[data-visit="${visit}"] [data-news]`);
  await news.waitFor({ timeout: 5_000 });
  assert.match(await news.textContent(), /さんが「隔離」をつけました/);
  await news.waitFor({ state: "detached", timeout: 7_000 });
  await page.getByRole("link", { name: "順番・担当を変える" }).click();
  const dialog = page.getByRole("dialog", { name: "受付の変更" });
  await dialog.getByLabel("理由（記録に残ります）").fill("帰宅");
  await dialog.getByRole("button", { name: /受付を取り消す/ }).click();
  await row.waitFor({ state: "detached" });
  await page.getByRole("button", { name: "元に戻す" }).click();
  await row.waitFor();
  assert.deepEqual(complaints, []);
  assert.deepEqual(other.complaints, []);
  await other.context.close();
  await context.close();
});

test("two records are compared, merged and parted", async () => {
  const { page, context, complaints } = await openAs(clinic, "clerk");
  const [one, two] = (await absent(page)).slice(-6);
  await page.goto(`${clinic.ready.url}/p/${one.id}/merge/${two.id}`);
  await isAccessible(page, "comparison");
  await picture(page, "merge");
  await page.getByLabel("統合する理由").fill("試し");
  await page.getByRole("button", { name: /統合する$/ }).click();
  await page.waitForURL("**/edit");
  await isAccessible(page, "patient's details");
  await picture(page, "registration-edit");
  const kept = page.url().split("/").at(-2);
  const gone = kept === one.id ? two : one;
  await page.goto(`${clinic.ready.url}/p/${gone.id}`);
  assert.equal(await page.getByRole("link", { name: "統合先を開く" }).getAttribute("href"), `/p/${kept}`);
  await isAccessible(page, "merged record");
  await page.goto(`${clinic.ready.url}/p/${gone.id}/merge`);
  await isAccessible(page, "before parting");
  await picture(page, "unmerge");
  await page.getByLabel("取り消す理由").fill("別の方");
  await page.getByRole("button", { name: /統合を取り消す$/ }).click();
  await page.waitForURL(`**/p/${gone.id}/edit`);
  assert.deepEqual(expectedErrors(complaints), []);
  await context.close();
});

test("the desk works without script", async () => {
  const { page, context } = await openAs(clinic, "clerk", LAPTOP, { javaScriptEnabled: false });
  const [someone] = (await absent(page)).slice(-9);
  await page.getByRole("link", { name: /受付する/ }).first().click();
  await page.locator("main input[name=q]").fill(someone.number);
  await page.locator("main input[name=q]").press("Enter");
  await page.getByRole("link", { name: someone.name, exact: true }).click();
  await page.getByLabel("受付票も印刷").check();
  await page.getByRole("button", { name: "受付する" }).click();
  await page.waitForURL(/\/print\/slip\//);
  await page.getByRole("link", { name: "受付一覧へ" }).click();
  await page.locator("tr.is-on .rc-pick", { hasText: someone.name }).waitFor();
  await page.getByRole("button", { name: "車椅子" }).click();
  await page.locator("tr.is-on").getByText("車椅子").waitFor();
  await page.getByRole("link", { name: "順番・担当を変える" }).click();
  await page.getByRole("button", { name: "先頭へ" }).click();
  await page.waitForURL(/\/reception\?v=/);
  await context.close();
});

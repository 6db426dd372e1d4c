// 予約: taken, moved by buttons and by dragging, undone, and the settings of an administrator.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { isAccessible, LAPTOP, openAs, openClinic, picture, TABLET, UPRIGHT } from "../clinic.mjs";

let clinic;
before(async () => { clinic = await openClinic(); });
after(async () => { await clinic?.close(); });

// The first weekday at least two weeks ahead that has free slots, as the page of a new appointment offers it.
async function openNew(page) {
  const ahead = new Date(Date.now() + 15 * 86_400_000);
  for (let n = 0; n < 10; n += 1) {
    const date = new Date(ahead.getTime() + n * 86_400_000).toISOString().slice(0, 10);
    await page.goto(`${clinic.ready.url}/appointments/new?date=${date}`);
    if (page.url() && (await page.locator(".bk-slots a").count()) > 6) return;
  }
  assert.fail("no day with free slots");
}

async function book(page, name) {
  await openNew(page);
  await page.getByLabel(/^患者を探す/).fill(name);
  await page.keyboard.press("Enter");
  await page.getByRole("radio").first().check();
  await page.getByRole("button", { name: /に予約する$/ }).click();
  await page.getByText("予約しました").waitFor();
}

const wide = (page) => page.evaluate(() => document.documentElement.scrollWidth <= innerWidth);

for (const [name, viewport, patient] of [["laptop", LAPTOP, "タカハシ"], ["tablet", TABLET, "モリタ"], ["upright", UPRIGHT, "コンドウ"]]) {
  test(`the appointment book is whole and accessible on a ${name}`, async () => {
    const { page, context, complaints } = await openAs(clinic, "clerk", viewport);
    await page.getByRole("link", { name: "予約", exact: true }).first().click();
    await page.getByRole("heading", { level: 1, name: "予約" }).waitFor();
    await isAccessible(page, "day");
    await picture(page, `booking-day-${name}`);
    assert.ok(await wide(page));
    await book(page, patient);
    await isAccessible(page, "booked");
    await picture(page, `booking-booked-${name}`);
    await page.getByRole("link", { name: "週", exact: true }).click();
    await isAccessible(page, "week");
    await picture(page, `booking-week-${name}`);
    assert.ok(await wide(page));
    await page.getByRole("link", { name: "電話の一覧" }).click();
    await isAccessible(page, "calls");
    await picture(page, `booking-calls-${name}`);
    await openNew(page);
    await isAccessible(page, "new");
    await picture(page, `booking-new-${name}`);
    assert.ok(await wide(page));
    assert.deepEqual(complaints, []);
    await context.close();
  });
}

test("an appointment is dragged into another slot and Ctrl+Z brings it back", async () => {
  const { page, context, complaints } = await openAs(clinic, "clerk");
  await book(page, "フジタ");
  assert.ok(!decodeURIComponent(page.url()).includes("フジタ"), "no name in the address");
  const chip = page.locator(".bk-a[aria-current]");
  const before = await page.locator("tr", { has: chip }).locator("th").textContent();
  // Near enough that nothing scrolls while it is carried.
  const target = page.locator("td[data-at]").nth(9);
  const at = await target.getAttribute("data-at");
  await chip.dragTo(target);
  await page.getByText("予約を移しました").waitFor();
  const time = at.split("T")[1].replace(/^0/, "");
  assert.equal(await page.locator("tr", { has: page.locator(".bk-a[aria-current]") }).locator("th").textContent(), time);
  await page.keyboard.press("Control+z");
  await page.waitForFunction((text) => [...document.querySelectorAll("tr")].some((row) => row.querySelector(".bk-a[aria-current]") && row.querySelector("th").textContent === text), before);
  assert.deepEqual(complaints, []);
  await context.close();
});

test("an appointment is taken with the key A, moved by buttons, cancelled with a reason and restored", async () => {
  const { page, context, complaints } = await openAs(clinic, "nurse");
  await page.goto(`${clinic.ready.url}/appointments`);
  await page.keyboard.press("a");
  await page.waitForURL("**/appointments/new**");
  await book(page, "キノシタ");
  await page.getByRole("link", { name: "ほかの枠へ移す" }).click();
  await page.getByText("さんの予約を移します").waitFor();
  await isAccessible(page, "carrying");
  await picture(page, "booking-carry");
  await page.getByRole("button", { name: /^ここへ/ }).last().click();
  await page.getByText("予約を移しました").waitFor();
  await page.getByText("取り消す", { exact: true }).click();
  await page.getByRole("radio", { name: "体調不良・入院" }).check();
  await isAccessible(page, "cancelling");
  await page.getByRole("button", { name: "この予約を取り消す" }).click();
  await page.getByText("予約を取り消しました").waitFor();
  await picture(page, "booking-cancelled");
  await page.getByRole("button", { name: "元に戻す" }).click();
  await page.getByText("予約を元に戻しました").waitFor();
  assert.deepEqual(complaints, []);
  await context.close();
});

test("everything works without script", async () => {
  const { page, context } = await openAs(clinic, "clerk", LAPTOP, { javaScriptEnabled: false });
  await book(page, "ハヤシ");
  await page.getByRole("button", { name: "元に戻す" }).click();
  await page.getByText("予約を取り消しました").waitFor();
  await context.close();
});

test("the return visit is suggested and booked in one press", async () => {
  const { page, context, complaints } = await openAs(clinic, "doctor");
  const card = page.locator("#reception-card a", { hasText: "カルテを開く" });
  await card.waitFor();
  const patient = new URL(await card.getAttribute("href"), page.url()).pathname;
  await page.goto(`${clinic.ready.url}${patient}/next-visit`);
  await isAccessible(page, "next visit");
  await picture(page, "booking-next");
  const suggestion = page.locator("form[data-next] button").first();
  if (await suggestion.count()) {
    await suggestion.click();
    await page.getByText(/^次回 .* を予約しました$/).waitFor();
    assert.ok(page.url().endsWith("/next-visit"), "the chart stays");
  } else {
    await page.getByText("変える").first().waitFor();
  }
  assert.deepEqual(complaints, []);
  await context.close();
});

test("an administrator changes schedules and days off", async () => {
  const { page, context, complaints } = await openAs(clinic, "admin");
  await page.goto(`${clinic.ready.url}/settings/booking`);
  await isAccessible(page, "settings");
  await picture(page, "booking-settings");
  await page.getByLabel("予約枠の名前").fill("エコー");
  await page.getByLabel("種類", { exact: true }).selectOption("room");
  await page.getByRole("button", { name: "加える", exact: true }).first().click();
  await page.getByRole("heading", { level: 2, name: "エコー" }).waitFor();
  const panel = page.locator("section.panel", { has: page.getByRole("heading", { name: "エコー" }) });
  await panel.getByLabel("日", { exact: true }).check();
  await panel.getByRole("button", { name: "曜日と時間を加える" }).click();
  await panel.getByRole("rowheader", { name: "日" }).waitFor();
  await page.getByLabel("はじめの日").fill("2030-12-29");
  await page.getByLabel("理由（なくてもよい）").fill("年末年始");
  await page.locator("form[action='/settings/booking/exceptions'] button").click();
  await page.getByText("年末年始　休診").waitFor();
  assert.ok(await wide(page));
  assert.deepEqual(complaints, []);
  await context.close();
});

// The network is lost while typing, and nothing typed is lost (ux §6): kept sealed in the browser, sent again in order,
// merged with what others wrote.
import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { after, before, test } from "node:test";
import { chromium } from "playwright-core";
import { BROWSER, isAccessible, LAPTOP, openAs, openClinic, picture } from "../clinic.mjs";

let clinic;
before(async () => { clinic = await openClinic(); });
after(async () => { await clinic?.close(); });

const area = (page, section) => page.locator(`textarea[data-section="${section}"]`);
const saved = (page) => page.locator("#note-saved", { hasText: "自動保存" });
const cutBar = (page) => page.locator("#off", { hasText: "通信が切れています" });

// Opens a record that can be written in; answers its address. Patients who wait are called while there are any, then
// the records opened before are taken again.
const opened = [];
let turn = 0;
async function openNote(page) {
  await page.goto(`${clinic.ready.url}/reception?status=waiting`);
  const waiting = page.locator("tr[data-visit]", { has: page.getByRole("button", { name: "呼び出す" }) }).first().locator(".rc-pick");
  if (await waiting.count()) {
    const name = await waiting.textContent();
    await waiting.click();
    await page.locator("#reception-card h2", { hasText: name }).waitFor();
    await page.locator("#reception-card").getByRole("button", { name: "呼び出してカルテを開く" }).click();
    await page.waitForURL("**/p/*");
  } else {
    await page.goto(clinic.ready.url + opened[turn++ % opened.length]);
  }
  await page.locator("#note-form").waitFor();
  const note = await page.locator("#note").getAttribute("data-note");
  if (!opened.includes(note)) opened.push(note);
  return note;
}

// What lies in the browser, as anybody with the disk would see it.
const rows = (page) => page.evaluate(() => new Promise((resolve, reject) => {
  const asked = indexedDB.open("karute");
  asked.onerror = () => reject(asked.error);
  asked.onsuccess = () => {
    if (!asked.result.objectStoreNames.length) return resolve([]);
    const got = asked.result.transaction("unsent").objectStore("unsent").getAll();
    got.onsuccess = () => {
      asked.result.close();
      resolve(got.result.map((row) => ({ ...row, iv: [...row.iv], box: [...new Uint8Array(row.box)] })));
    };
  };
}));

async function waitForRows(page, wanted) {
  await assert.doesNotReject(async () => {
    for (let tries = 0; ; tries += 1) {
      const found = await rows(page);
      if (found.length === wanted) return;
      if (tries > 100) throw new Error(`${found.length} entries in the browser, not ${wanted}`);
      await page.waitForTimeout(100);
    }
  });
}

// The texts as the server has them, read by a person of their own.
async function onServer(note) {
  const { page, context } = await openAs(clinic, "doctor");
  await page.goto(clinic.ready.url + note);
  const texts = {};
  for (const field of await page.locator("[data-section]").all()) texts[await field.getAttribute("data-section")] = await field.inputValue();
  await context.close();
  return texts;
}

test("text typed without network waits sealed in the browser and goes when the network is back", async () => {
  const { page, context } = await openAs(clinic, "doctor");
  const note = await openNote(page);
  await context.setOffline(true);
  await area(page, "S").fill("夜に咳が出る。熱はない。");
  await cutBar(page).waitFor();
  await page.locator("#off", { hasText: "（1件）" }).waitFor();
  await isAccessible(page, "offline");
  await picture(page, "offline");
  const [bar, name] = [await page.locator("#off").boundingBox(), await page.locator(".pt-name").boundingBox()];
  assert.ok(bar.y + bar.height <= name.y, "whose chart it is stays readable");
  const kept = await rows(page);
  assert.equal(kept.length, 1);
  const asText = Buffer.from(kept[0].box).toString("utf8") + JSON.stringify({ ...kept[0], box: 0, iv: 0 });
  const patient = await page.locator(".pt-name b").textContent();
  for (const secret of ["咳", "熱", patient, note, note.split("/")[2]]) assert.ok(!asText.includes(secret), secret);
  assert.equal(await page.locator("[data-keep]").count(), 0, "the key is not on the page");
  await area(page, "P").fill("うがい。4日後に再診。");
  await context.setOffline(false);
  await cutBar(page).waitFor({ state: "detached" });
  await saved(page).waitFor();
  await waitForRows(page, 0);
  const { S, P } = await onServer(note);
  assert.deepEqual([S, P], ["夜に咳が出る。熱はない。", "うがい。4日後に再診。"]);
  await context.close();
});

test("the server stops in the middle of a sentence and starts again", async () => {
  const { page, context } = await openAs(clinic, "doctor");
  const note = await openNote(page);
  await area(page, "S").fill("腰が痛い。");
  await saved(page).waitFor();
  await clinic.stop();
  await area(page, "S").fill("腰が痛い。右足のしびれ。");
  await area(page, "O").fill("SLR 右 60度。");
  await cutBar(page).waitFor();
  const there = page.url();
  await page.locator(".rail a[href='/reception']").click();
  await page.locator("#off", { hasText: "いまは開けません" }).waitFor();
  assert.equal(page.url(), there);
  assert.equal(await area(page, "S").inputValue(), "腰が痛い。右足のしびれ。", "the page stays");
  await clinic.start();
  await cutBar(page).waitFor({ state: "detached", timeout: 20_000 });
  await waitForRows(page, 0);
  const { S, O } = await onServer(note);
  assert.deepEqual([S, O], ["腰が痛い。右足のしびれ。", "SLR 右 60度。"]);
  await context.close();
});

test("an answer that gets lost makes no conflict with oneself", async () => {
  const { page, context } = await openAs(clinic, "doctor");
  const note = await openNote(page);
  let lose = true;
  await page.route("**/note", async (route) => {
    if (!lose) return route.continue();
    lose = false;
    await route.fetch();
    await route.abort();
  });
  await area(page, "A").fill("急性腰痛");
  await area(page, "A").blur();
  await page.waitForFunction(() => document.getElementById("off"));
  await area(page, "A").fill("急性腰痛。坐骨神経痛の疑い");
  await saved(page).waitFor();
  await waitForRows(page, 0);
  assert.equal(await page.locator("[data-clash]").count(), 0);
  assert.equal((await onServer(note)).A, "急性腰痛。坐骨神経痛の疑い");
  await context.close();
});

test("two tabs are closed without network and the next screen of the same person sends both", async () => {
  const { page, context } = await openAs(clinic, "doctor");
  const note = await openNote(page);
  const second = await context.newPage();
  await second.goto(clinic.ready.url + note);
  await context.setOffline(true);
  await area(page, "S").fill("一枚目の文");
  await area(second, "P").fill("二枚目の文");
  await waitForRows(page, 2);
  await page.close({ runBeforeUnload: false });
  await second.close({ runBeforeUnload: false });
  await context.setOffline(false);
  const next = await context.newPage();
  await next.goto(`${clinic.ready.url}/reception`);
  await next.locator(".toast", { hasText: "残っていた文を送りました" }).waitFor();
  await picture(next, "offline-resent");
  await waitForRows(next, 0);
  const { S, P } = await onServer(note);
  assert.deepEqual([S, P], ["一枚目の文", "二枚目の文"]);
  await context.close();
});

test("the browser is closed, the person signs in again, and the text arrives", async () => {
  const folder = mkdtempSync(path.join(tmpdir(), "karute-browser-"));
  const open = () => chromium.launchPersistentContext(folder, { ...BROWSER, viewport: LAPTOP, locale: "ja-JP", timezoneId: "Asia/Tokyo" });
  let context = await open();
  let page = await context.newPage();
  await page.goto(clinic.user("doctor").sign_in_link);
  const note = await openNote(page);
  await context.setOffline(true);
  await area(page, "S").fill("閉じる前の文");
  await waitForRows(page, 1);
  await context.close();
  context = await open();
  page = await context.newPage();
  await page.goto(`${clinic.ready.url}/reception`);
  await page.waitForURL("**/sign-in");
  assert.equal((await rows(page)).length, 1, "nothing is lost by not being signed in");
  await page.goto(clinic.user("doctor").sign_in_link);
  await page.locator(".toast", { hasText: "残っていた文を送りました" }).waitFor();
  await waitForRows(page, 0);
  assert.equal((await onServer(note)).S, "閉じる前の文");
  await context.close();
  rmSync(folder, { recursive: true, force: true });
});

test("what another wrote meanwhile is merged by section, and the same line is shown three ways", async () => {
  const { page, context } = await openAs(clinic, "doctor");
  const note = await openNote(page);
  await area(page, "O").fill("咽頭 発赤なし");
  await saved(page).waitFor();
  await context.setOffline(true);
  await area(page, "S").fill("医師が聞いたこと");
  await area(page, "O").fill("咽頭 発赤あり（医師）");
  await page.locator("#off", { hasText: "（1件）" }).waitFor();
  const nurse = await openAs(clinic, "nurse");
  await nurse.page.goto(clinic.ready.url + note);
  await area(nurse.page, "O").fill("咽頭 軽度発赤（看護師）");
  await area(nurse.page, "N").fill("本人は落ち着いている");
  await area(nurse.page, "N").blur();
  await saved(nurse.page).waitFor();
  await context.setOffline(false);
  const clash = page.locator("[data-clash=O]");
  await clash.waitFor();
  await isAccessible(page, "conflict");
  await picture(page, "offline-conflict");
  const shown = await clash.locator(".nt-pre").allTextContents();
  assert.deepEqual(shown, ["咽頭 発赤あり（医師）", "咽頭 軽度発赤（看護師）", "咽頭 軽度発赤（看護師）\n咽頭 発赤あり（医師）"]);
  await clash.locator("[data-choice='3']").click();
  await clash.waitFor({ state: "detached" });
  const texts = await onServer(note);
  assert.deepEqual([texts.S, texts.O, texts.N], ["医師が聞いたこと", shown[2], "本人は落ち着いている"]);
  await waitForRows(page, 0);
  await nurse.context.close();
  await context.close();
});

test("a screen locked without network keeps the text and sends it when it is opened again", async () => {
  const { page, context } = await openAs(clinic, "doctor");
  const note = await openNote(page);
  await context.setOffline(true);
  await area(page, "S").fill("ロックの前に書いた");
  await page.locator("#off", { hasText: "（1件）" }).waitFor();
  await page.getByRole("button", { name: "ロック" }).click();
  await page.locator("#lock[open]").waitFor();
  await page.fill("#lock input[name=proof]", clinic.user("doctor").password);
  await page.click("#lock [data-unlock] button");
  await page.locator("[data-unlock-problem]", { hasText: "通信が切れています" }).waitFor();
  await context.setOffline(false);
  await page.evaluate(() => fetch("/lock", { method: "POST", headers: { "x-fragment": "1" } }));
  await page.fill("#lock input[name=proof]", clinic.user("doctor").password);
  await page.click("#lock [data-unlock] button");
  await page.locator("#lock").waitFor({ state: "hidden" });
  await waitForRows(page, 0);
  assert.equal(await area(page, "S").inputValue(), "ロックの前に書いた");
  assert.equal((await onServer(note)).S, "ロックの前に書いた");
  await context.close();
});

test("nothing is saved in the name of another person who signed in meanwhile", async () => {
  const { page, context } = await openAs(clinic, "doctor");
  const note = await openNote(page);
  await context.setOffline(true);
  await area(page, "S").fill("医師の文");
  await page.locator("#off", { hasText: "（1件）" }).waitFor();
  // Closed before the network is back: the page sends at once when it is.
  await page.route("**/note", (route) => route.abort());
  await context.setOffline(false);
  const nurse = await context.newPage();
  await context.clearCookies();
  await nurse.goto(clinic.user("nurse").sign_in_link);
  await nurse.waitForURL("**/reception");
  await page.unroute("**/note");
  await page.locator("#off", { hasText: "ほかの人がサインインしています" }).waitFor();
  await picture(page, "offline-somebody-else");
  assert.notEqual((await onServer(note)).S, "医師の文");
  await page.close({ runBeforeUnload: false });
  await nurse.reload();
  await nurse.waitForTimeout(500);
  assert.equal((await rows(nurse)).length, 1, "the doctor's text waits for the doctor");
  await context.clearCookies();
  await nurse.goto(clinic.user("doctor").sign_in_link);
  await nurse.locator(".toast", { hasText: "残っていた文を送りました" }).waitFor();
  assert.equal((await onServer(note)).S, "医師の文");
  await context.close();
});

test("signing out over unsent text asks first, and then leaves nothing behind", async () => {
  const { page, context } = await openAs(clinic, "doctor");
  await openNote(page);
  await page.route("**/note", (route) => route.abort());
  await area(page, "S").fill("送れない文");
  await waitForRows(page, 1);
  await page.getByRole("button", { name: "退出" }).click();
  const ask = page.getByRole("dialog", { name: "まだ保存していない文があります" });
  await ask.waitFor();
  await isAccessible(page, "leaving");
  await picture(page, "offline-leaving");
  await ask.getByRole("button", { name: "退出しない" }).click();
  assert.equal(await area(page, "S").inputValue(), "送れない文");
  await page.getByRole("button", { name: "退出" }).click();
  await ask.getByRole("button", { name: "消して退出する" }).click();
  await page.waitForURL("**/sign-in");
  assert.deepEqual(await rows(page), []);
  await context.close();
});

test("what was kept is deleted after twelve hours, whoever opens the browser", async () => {
  const { page, context } = await openAs(clinic, "doctor");
  await openNote(page);
  await context.setOffline(true);
  await area(page, "S").fill("古い文");
  await waitForRows(page, 1);
  await page.close({ runBeforeUnload: false });
  await context.setOffline(false);
  await context.clearCookies();
  const later = await context.newPage();
  await later.clock.install({ time: Date.now() + 11.9 * 3_600_000 });
  await later.goto(`${clinic.ready.url}/sign-in`);
  await later.waitForTimeout(300);
  assert.equal((await rows(later)).length, 1);
  const latest = await context.newPage();
  await latest.clock.install({ time: Date.now() + 12.1 * 3_600_000 });
  await latest.goto(`${clinic.ready.url}/sign-in`);
  await waitForRows(latest, 0);
  await context.close();
});

test("text for a record that was confirmed meanwhile is shown, to be written in by correction", async () => {
  const { page, context } = await openAs(clinic, "doctor");
  const note = await openNote(page);
  await area(page, "A").fill("かぜ");
  await saved(page).waitFor();
  await context.setOffline(true);
  await area(page, "S").fill("間に合わなかった文");
  await waitForRows(page, 1);
  await page.close({ runBeforeUnload: false });
  const other = await openAs(clinic, "doctor");
  await other.page.goto(clinic.ready.url + note);
  await other.page.locator("[data-finish]").click();
  await other.page.locator("#note", { hasText: "確定" }).waitFor();
  await context.setOffline(false);
  const next = await context.newPage();
  await next.goto(`${clinic.ready.url}/reception`);
  const bar = next.locator("#off", { hasText: "送れなかった文があります" });
  await bar.waitFor();
  await isAccessible(next, "left");
  await bar.getByRole("button", { name: "見る" }).click();
  const dialog = next.getByRole("dialog", { name: "送れなかった文" });
  await dialog.getByText("間に合わなかった文").waitFor();
  await isAccessible(next, "left list");
  await picture(next, "offline-left");
  await dialog.getByRole("button", { name: "この端末から消す" }).click();
  await next.locator(".toast").getByRole("button", { name: "元に戻す" }).click();
  await waitForRows(next, 1);
  await other.context.close();
  await context.close();
});

test("a half-written correction comes back after the browser was closed, and goes when it was made", async () => {
  const { page, context } = await openAs(clinic, "doctor");
  const { entry } = await clinic.fhir("Composition?status=final&_count=1&_sort=-date");
  const note = entry[0].resource;
  const address = `${clinic.ready.url}/p/${note.subject.reference.split("/")[1]}/v/${note.encounter.reference.split("/")[1]}/correct`;
  await page.goto(address);
  const plan = page.locator("textarea[name=P]");
  const before = await plan.inputValue();
  await plan.fill(`${before}。追記：電話で説明した`);
  await page.waitForTimeout(600);
  await page.close({ runBeforeUnload: false });
  const again = await context.newPage();
  await again.goto(address);
  await again.locator(".toast", { hasText: "書きかけの文を戻しました" }).waitFor();
  assert.equal(await again.locator("textarea[name=P]").inputValue(), `${before}。追記：電話で説明した`);
  await again.locator("input[name=reason]").first().fill("追記");
  await again.getByRole("button", { name: "訂正を確定する" }).click();
  await again.waitForURL((url) => !url.pathname.endsWith("/correct"));
  await again.waitForTimeout(300);
  await again.goto(address);
  assert.equal(await again.locator("textarea[name=P]").inputValue(), `${before}。追記：電話で説明した`);
  assert.equal(await again.locator(".toast").count(), 0);
  await context.close();
});

// How many charts lie in the browser. Asks only for what the page has made: a database opened too early would be ours.
const charts = (page) => page.evaluate(async () => {
  if (!(await indexedDB.databases()).some(({ name }) => name === "karute")) return 0;
  return new Promise((resolve) => {
    const asked = indexedDB.open("karute");
    asked.onsuccess = () => {
      const found = asked.result.objectStoreNames.contains("charts") && asked.result.transaction("charts").objectStore("charts").count();
      const done = (count) => { asked.result.close(); resolve(count); };
      if (found) found.onsuccess = () => done(found.result);
      else done(0);
    };
  });
});

test("charts opened before can be read without network, and only read", async () => {
  const { page, context } = await openAs(clinic, "doctor");
  const links = await page.locator("tr[data-visit]").evaluateAll((rows_) => rows_.map((row) => row.dataset.visit));
  const names = [];
  for (const visit of links.slice(0, 2)) {
    await page.goto(`${clinic.ready.url}/reception?v=${visit}`);
    await page.locator("#reception-card a", { hasText: "カルテを開く" }).click();
    await page.locator("main.ch").waitFor();
    names.push(await page.locator(".pt-name b").textContent());
    // Kept once what it fetches has arrived.
    for (let tries = 0; (await charts(page)) < names.length; tries += 1) {
      assert.ok(tries < 100, "the chart is kept");
      await page.waitForTimeout(100);
    }
  }
  await page.getByRole("link", { name: "受付一覧へ" }).click();
  await page.waitForURL("**/reception**");
  await context.setOffline(true);
  await cutBar(page).waitFor();
  await page.getByRole("button", { name: "今日開いたカルテを読む（2）" }).click();
  await picture(page, "offline-opened-today");
  await page.getByRole("dialog", { name: "今日開いたカルテ" }).getByRole("button", { name: names[0] }).click();
  const copy = page.getByRole("dialog", { name: /に開いたときの内容です/ });
  await copy.getByText(names[0]).first().waitFor();
  await copy.getByText("推移").or(copy.getByText("経過")).first().waitFor();
  await isAccessible(page, "a chart read without network");
  await picture(page, "offline-chart-read");
  assert.deepEqual(await copy.locator("a[href], input, textarea, select, form[action]").count(), 0, "nothing to press or write");
  await page.keyboard.press("Escape");
  await copy.waitFor({ state: "detached" });
  await context.setOffline(false);
  await page.evaluate(() => dispatchEvent(new Event("online")));
  await page.locator("#off").waitFor({ state: "detached" });
  // Signing out leaves nothing of it.
  await page.getByRole("button", { name: "退出" }).click();
  await page.waitForURL("**/sign-in");
  assert.equal(await charts(page), 0);
  await context.close();
});

// What lies in the browser of forms half written.
const held = (page) => page.evaluate(() => new Promise((resolve) => {
  const asked = indexedDB.open("karute");
  asked.onsuccess = () => {
    const got = asked.result.transaction("held").objectStore("held").getAll();
    got.onsuccess = () => {
      asked.result.close();
      resolve(got.result.map((row) => JSON.stringify({ ...row, iv: 0, box: new TextDecoder("latin1").decode(row.box) })));
    };
  };
}));

test("orders are drafted without network, and given one by one when it is back", async () => {
  const { page, context } = await openAs(clinic, "doctor");
  await openNote(page);
  const field = page.locator("#orders input[data-key=r]");
  const drafts = page.locator("#order-drafts");
  const line = (words) => drafts.locator("li", { hasText: words });
  const before = await page.locator("#orders .rx-d").count();
  await context.setOffline(true);
  await cutBar(page).waitFor();
  await drafts.getByText("オーダーは下書きだけできます").waitFor();
  for (const line of ["あむ5 1T 朝 28", "次回 HbA1c と腎機能"]) {
    await field.fill(line);
    await field.press("Enter");
    await drafts.locator("li", { hasText: line }).waitFor();
    assert.equal(await field.inputValue(), "");
  }
  await drafts.getByText("オーダーの下書き 2件（まだ出ていません）").waitFor();
  assert.ok(await line("あむ5 1T 朝 28").getByRole("button", { name: "薬を探す" }).isDisabled(), "nothing is ordered without the server");
  await isAccessible(page, "orders drafted without network");
  await picture(page, "offline-orders");
  const [row, ...others] = await held(page);
  assert.equal(others.length, 0);
  for (const secret of ["あむ5", "HbA1c", "/p/"]) assert.ok(!row.includes(secret), secret);
  await context.setOffline(false);
  await page.evaluate(() => dispatchEvent(new Event("online")));
  await cutBar(page).waitFor({ state: "detached" });
  assert.equal(await page.locator("#orders .rx-d").count(), before, "a draft does not become an order by itself");
  // They outlast the page.
  await page.reload();
  await drafts.locator("li").nth(1).waitFor();
  await line("あむ5 1T 朝 28").getByRole("button", { name: "薬を探す" }).click();
  await page.locator("#orders [role=option]").first().waitFor();
  await field.press("Alt+1");
  await page.locator("#orders .rx-d").nth(before).waitFor();
  await drafts.getByText("オーダーの下書き 1件（まだ出ていません）").waitFor();
  await line("次回 HbA1c と腎機能").getByRole("button", { name: "消す" }).click();
  await drafts.waitFor({ state: "detached" });
  await page.getByRole("button", { name: "元に戻す" }).last().click();
  await drafts.locator("li", { hasText: "HbA1c" }).waitFor();
  await line("次回 HbA1c と腎機能").getByRole("button", { name: "消す" }).click();
  await drafts.waitFor({ state: "detached" });
  for (let tries = 0; (await held(page)).length; tries += 1) {
    assert.ok(tries < 100, "nothing of the drafts is left in the browser");
    await page.waitForTimeout(100);
  }
  await context.close();
});

// 設定: masters, adopted drugs and own sets, as an administrator and a doctor use them.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { isAccessible, LAPTOP, openAs, openClinic, picture } from "../clinic.mjs";

let clinic;
before(async () => { clinic = await openClinic(); });
after(async () => { await clinic?.close(); });

test("as long as only the starter masters are there, the settings say so", async () => {
  const { page, context, complaints } = await openAs(clinic, "admin");
  for (const path of ["masters", "drugs", "sets"]) {
    await page.goto(`${clinic.ready.url}/settings/${path}`);
    await page.getByText("お試し用の小さなマスターだけが入っています").waitFor();
  }
  assert.deepEqual(complaints, []);
  await context.close();
});

test("an administrator adopts a drug by typing, takes it out and brings it back", async () => {
  const { page, context, complaints } = await openAs(clinic, "admin");
  await page.goto(`${clinic.ready.url}/settings/drugs`);
  const field = page.getByRole("combobox", { name: /名前の一部で探す/ });
  await page.keyboard.press("/");
  await page.keyboard.type("amuro");
  const first = page.getByRole("option").first();
  await first.waitFor();
  assert.match(await first.textContent(), /アムロジピン/);
  assert.equal(await field.getAttribute("aria-expanded"), "true");
  await isAccessible(page, "open list");
  await picture(page, "settings-drugs-search");
  assert.ok(!page.url().includes("amuro"), "what is typed never stands in an address");
  await page.keyboard.press("ArrowDown");
  const active = page.locator(`[id="${await field.getAttribute("aria-activedescendant")}"]`);
  const chosen = await active.getAttribute("data-display");
  await page.keyboard.press("Enter");
  await page.getByText(/を採用薬に入れました/).waitFor();
  assert.equal(await page.locator("main tbody tr").count(), 1);
  await isAccessible(page, "adopted");
  await picture(page, "settings-drugs-adopted");
  await page.getByRole("button", { name: /^外す/ }).click();
  await page.getByText("採用薬から外しました").waitFor();
  await page.getByRole("button", { name: "元に戻す" }).click();
  await page.getByText(/を採用薬に入れました/).waitFor();
  assert.ok(chosen);
  assert.deepEqual(complaints, []);
  await context.close();
});

test("Enter that ends a composition chooses nothing, and the list follows what is composed", async () => {
  const { page, context, complaints } = await openAs(clinic, "admin");
  await page.goto(`${clinic.ready.url}/settings/drugs`);
  const field = page.getByRole("combobox", { name: /名前の一部で探す/ });
  await field.focus();
  const ime = await context.newCDPSession(page);
  await ime.send("Input.imeSetComposition", { text: "あむろ", selectionStart: 3, selectionEnd: 3 });
  await page.getByRole("option").first().waitFor();
  await field.dispatchEvent("keydown", { key: "Enter", isComposing: true, keyCode: 229 });
  await ime.send("Input.insertText", { text: "あむろ" });
  assert.equal(await page.getByText(/を採用薬に入れました/).count(), 0);
  await page.keyboard.press("Escape");
  await page.getByRole("option").first().waitFor({ state: "detached" });
  assert.equal(await field.inputValue(), "あむろ", "Esc never discards text");
  assert.deepEqual(complaints, []);
  await context.close();
});

test("a set is made, filled by typing and changed at one desk only", async () => {
  const { page, context, complaints } = await openAs(clinic, "admin");
  await page.goto(`${clinic.ready.url}/settings/sets`);
  await page.getByLabel("新しいセットの名前").fill("糖尿病の検査");
  await page.getByRole("button", { name: "セットを作る" }).click();
  await page.getByRole("heading", { level: 2, name: "糖尿病の検査" }).waitFor();
  const other = await context.newPage();
  await other.goto(page.url());
  await page.getByLabel("探すもの").selectOption("lab");
  await page.getByRole("combobox", { name: /名前の一部で探す/ }).fill("hba1c");
  await page.locator(".pop [role=option]").first().click();
  await page.getByText("を加えました").waitFor();
  assert.equal(await page.locator("main tbody tr").count(), 1);
  await isAccessible(page, "set");
  await picture(page, "settings-set");
  await other.getByLabel("セットの名前").fill("DM");
  await other.getByRole("button", { name: "名前とよみを変える" }).click();
  await other.getByText("ほかの端末で先に変わりました").waitFor();
  await isAccessible(other, "overtaken");
  // The browser itself reports the 409 of the page; nothing else.
  assert.deepEqual(complaints.filter((c) => !c.includes("409")), []);
  await context.close();
});

test("everything works without script", async () => {
  const { page, context } = await openAs(clinic, "admin", LAPTOP, { javaScriptEnabled: false });
  await page.goto(`${clinic.ready.url}/settings/drugs`);
  await page.locator("form[data-terms] input[name=q]").fill("メトホルミン");
  await page.getByRole("button", { name: "探す" }).click();
  await picture(page, "settings-drugs-without-script");
  await page.getByRole("button", { name: /^採用する/ }).first().click();
  await page.getByText(/を採用薬に入れました/).waitFor();
  await context.close();
});

test("a doctor sees the adopted drugs and changes nothing", async () => {
  const { page, context, complaints } = await openAs(clinic, "doctor");
  await page.getByRole("link", { name: "設定" }).click();
  await page.waitForURL("**/settings/drugs");
  await page.getByRole("heading", { level: 2, name: "採用薬" }).waitFor();
  assert.equal(await page.getByRole("button", { name: /^外す/ }).count(), 0);
  assert.equal(await page.getByText("お試し用の小さなマスター").count(), 0);
  await isAccessible(page, "adopted drugs of a doctor");
  await picture(page, "settings-drugs-doctor");
  assert.deepEqual(complaints, []);
  await context.close();
});

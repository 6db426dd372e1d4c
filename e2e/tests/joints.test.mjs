// What one screen hands to the next, as a person meets it: 問診 into S, the return visit, orders taken back, the list of work.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { isAccessible, openAs, openClinic, openPage, picture } from "../clinic.mjs";

let clinic;
before(async () => { clinic = await openClinic(); });
after(async () => { await clinic?.close(); });

// Somebody who waits is called and their chart opened; answers its address.
async function callNext(page) {
  await page.goto(`${clinic.ready.url}/reception`);
  await page.locator("#reception-card .btn-p").click();
  await page.waitForURL(/\/p\/[^/]+$/);
  await page.locator("#note-form").waitFor();
  return page.url();
}

// Answers the questionnaire of the first who was not asked yet.
async function answer() {
  const desk = await openAs(clinic, "clerk");
  await desk.page.getByRole("button", { name: "問診を渡す" }).first().click();
  const link = await desk.page.locator(".in-u").textContent();
  const name = await desk.page.locator(".hit-n").textContent();
  await desk.context.close();
  const { page, context } = await openPage(clinic);
  await page.goto(link);
  await page.getByRole("button", { name: "日本語", exact: true }).click();
  for (let n = 0; n < 20 && !page.url().endsWith("q=check"); n += 1) {
    const options = page.getByRole("radio").or(page.getByRole("checkbox"));
    if (await options.count()) await options.first().check();
    else await page.getByRole("textbox").first().fill("咳が夜に強い");
    await page.locator("button[value=next]").click();
    await page.waitForLoadState();
  }
  await page.getByRole("button", { name: "送る" }).click();
  await page.getByRole("heading", { name: "ありがとうございました" }).waitFor();
  await context.close();
  return name;
}

test("the questionnaire goes into S by one press, is taken back, and is saved by itself", async () => {
  const name = await answer();
  const { page, context, complaints } = await openAs(clinic, "doctor");
  await page.getByRole("link", { name, exact: true }).click();
  await page.locator("#reception-card h2", { hasText: name }).waitFor();
  await page.getByRole("link", { name: "カルテを開く", exact: true }).click();
  const block = page.locator("#questionnaire");
  await block.waitFor();
  const s = page.locator("#note-form textarea[data-section=S]");
  await s.fill("熱はない");
  await block.locator("summary").focus();
  await page.keyboard.press("Enter");
  const button = block.getByRole("button", { name: "S に入れる" });
  await button.waitFor();
  await isAccessible(page, "questionnaire in the record");
  await picture(page, "joints-questionnaire");
  await button.focus();
  await page.keyboard.press("Enter");
  const words = await button.getAttribute("data-insert");
  assert.equal(await s.inputValue(), `熱はない\n${words}`);
  assert.ok(await s.evaluate((field) => field === document.activeElement && field.selectionStart === field.value.length));
  await button.click();
  assert.equal(await s.inputValue(), `熱はない\n${words}`, "not twice");
  await s.focus();
  await page.keyboard.press("Control+z");
  assert.equal((await s.inputValue()).trim(), "熱はない", "taken back as typed text is");
  await button.click();
  await page.locator(".toast").getByRole("button", { name: "元に戻す" }).click();
  assert.equal((await s.inputValue()).trim(), "熱はない", "and by the toast");
  await button.click();
  await page.locator("#note-saved", { hasText: "自動保存" }).waitFor();
  await page.waitForFunction((text) => document.querySelector("[name=S_base]").value.includes(text), words);
  await page.reload();
  assert.equal(await s.inputValue(), `熱はない\n${words}`);
  assert.deepEqual(complaints, []);
  await context.close();
});

test("the return visit is booked by one press or one key, taken back without leaving, and offered after finishing", async () => {
  const { page, context, complaints } = await openAs(clinic, "doctor");
  const chart = await callNext(page);
  const panel = page.locator("#next-visit");
  const first = panel.locator("form[data-next] button").first();
  await first.waitFor();
  await isAccessible(page, "chart with the return visit");
  await picture(page, "joints-next-visit");
  await first.click();
  await page.locator(".toast", { hasText: "を予約しました" }).waitFor();
  await panel.getByText("変える").waitFor();
  await page.locator("#done").getByRole("button", { name: "元に戻す" }).click();
  await first.waitFor();
  assert.equal(page.url(), chart, "the chart stays");
  await page.locator("#note-form textarea[data-section=S]").fill("変わりない");
  await page.keyboard.press("Alt+n");
  await page.locator(".toast", { hasText: "を予約しました" }).waitFor();
  assert.deepEqual(complaints, []);
  await context.close();
});

test("an order on the chart is taken back by its toast and a refused one keeps what was chosen", async () => {
  const { page, context } = await openAs(clinic, "doctor");
  await callNext(page);
  await page.locator("#orders summary", { hasText: "追加" }).click();
  const field = page.locator("#orders-more input[name=q]");
  const choose = async () => {
    await field.fill("へもぐろびん");
    await page.locator("#orders-more [role=option]").first().click();
  };
  await choose();
  const toast = page.locator("#orders .toast", { hasText: "を加えました" });
  await toast.waitFor();
  await toast.getByRole("button", { name: "元に戻す" }).click();
  await page.locator("#orders .toast", { hasText: "元に戻しました" }).waitFor();
  await page.locator("#orders summary", { hasText: "追加" }).click();
  await page.locator("#orders-more input[name=when][value=day]").check();
  await choose();
  const day = page.locator("#orders-more input[name=day][aria-invalid]");
  await day.waitFor();
  assert.ok(await day.evaluate((input) => input === document.activeElement), "the focus is on what is wrong");
  await page.getByRole("button", { name: "この内容で加える" }).waitFor();
  assert.ok(await page.locator("#orders-more input[name=when][value=day]").isChecked());
  await isAccessible(page, "a refused order");
  await picture(page, "joints-refused");
  await page.locator("#orders-more input[name=when][value=next]").check();
  await page.getByRole("button", { name: "この内容で加える" }).click();
  await toast.waitFor();
  await context.close();
});

test("a nurse sees a new order come without pressing anything, and work that was left stands in the rail", async () => {
  const nurse = await openAs(clinic, "nurse");
  await nurse.page.goto(`${clinic.ready.url}/worklist`);
  const before = await nurse.page.locator("#worklist").getAttribute("data-mark");
  const { page, context } = await openAs(clinic, "doctor");
  const chart = await callNext(page);
  await page.locator("#orders summary", { hasText: "追加" }).click();
  await page.locator("#orders-more input[name=when][value=today]").check();
  await page.locator("#orders-more input[name=q]").fill("へもぐろびん");
  await page.locator("#orders-more [role=option]").first().click();
  await page.locator("#orders .toast", { hasText: "を加えました" }).waitFor();
  await nurse.page.waitForFunction((mark) => document.querySelector("#worklist").dataset.mark !== mark, before);
  const name = (await page.locator(".pt-name b").textContent()).trim();
  await nurse.page.locator("#worklist h2", { hasText: name }).first().waitFor();
  await picture(nurse.page, "joints-worklist");
  await page.goto(`${clinic.ready.url}/reception`);
  const left = page.locator(".rail-left");
  await left.first().waitFor();
  assert.match(await left.first().textContent(), /作業中/);
  await isAccessible(page, "work left in the rail");
  await picture(page, "joints-rail");
  await left.first().click();
  await page.waitForURL(`${chart}/v/**`);
  await context.close();
  await nurse.context.close();
});

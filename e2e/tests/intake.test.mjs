// 問診: the desk hands a link over, the patient answers on a phone without signing in, the staff reads Japanese.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { isAccessible, LAPTOP, openAs, openClinic, openPage, PHONE, picture, TABLET, UPRIGHT } from "../clinic.mjs";

let clinic;
before(async () => { clinic = await openClinic(); });
after(async () => { await clinic?.close(); });

// The link of the selected visit, as the desk hands it over.
async function invite() {
  const { page, context } = await openAs(clinic, "clerk");
  await page.getByRole("button", { name: "問診を渡す" }).first().click();
  await page.getByRole("img", { name: "問診票のQRコード" }).waitFor();
  await isAccessible(page, "invitation");
  await picture(page, "intake-invitation");
  const name = await page.locator(".hit-n").textContent();
  const link = await page.locator(".in-u").textContent();
  await context.close();
  return { link, name };
}

// Answers whatever is asked, by the first option.
async function answerAll(page, before = async () => {}) {
  for (let n = 0; n < 20 && !page.url().endsWith("q=check"); n += 1) {
    await before(page);
    const options = page.getByRole("radio").or(page.getByRole("checkbox"));
    if (await options.count()) await options.first().check();
    else await page.getByRole("textbox").first().fill("Tosse à noite");
    await page.locator("button[value=next]").click();
    await page.waitForLoadState();
  }
}

for (const [name, viewport] of [["phone", PHONE], ["tablet", TABLET], ["upright", UPRIGHT]]) {
  test(`a patient answers on a ${name}, every screen accessible`, async () => {
    const { link, name: patient } = await invite();
    const { page, context, complaints } = await openPage(clinic, viewport, { hasTouch: true });
    await page.goto(link);
    await isAccessible(page, "languages");
    await picture(page, `intake-languages-${name}`);
    await page.getByRole("button", { name: "Português" }).click();
    let n = 0;
    await answerAll(page, async () => {
      // Every kind of question on every size, every question on the phone.
      if (name === "phone" || n < 4) await isAccessible(page, page.url().split("?")[1] ?? "first");
      await picture(page, `intake-${name}-${n}`);
      n += 1;
      assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth));
      const size = await page.evaluate(() => parseFloat(getComputedStyle(document.querySelector("main")).fontSize));
      assert.ok(size >= 18, "18 px");
      const small = await page.evaluate(() => [...document.querySelectorAll("button, label.in-c")].filter((e) => e.getBoundingClientRect().height < 44).length);
      assert.equal(small, 0, "targets of 44 px");
      assert.ok(!(await page.content()).includes(patient.split(" ")[0]), "the page names nobody");
    });
    await isAccessible(page, "summary");
    await picture(page, `intake-summary-${name}`);
    await page.getByRole("button", { name: "Enviar" }).click();
    await page.getByRole("heading", { name: "Obrigado" }).waitFor();
    await isAccessible(page, "sent");
    await page.goBack();
    await page.reload();
    assert.ok(!(await page.content()).includes("Tosse"), "nothing is left behind the back button");
    assert.deepEqual(complaints, []);
    await context.close();
  });
}

test("without script, interrupted and corrected, the answers arrive in Japanese", async () => {
  const { link } = await invite();
  const { page, context } = await openPage(clinic, PHONE, { javaScriptEnabled: false });
  await page.goto(link);
  await page.getByRole("button", { name: "日本語", exact: true }).click();
  await page.locator("button[value=next]").click();
  await page.getByText("答えを入れてください。").waitFor();
  await picture(page, "intake-fault");
  await page.getByRole("textbox").fill("動悸がする");
  await page.locator("button[value=next]").click();
  await page.getByRole("radio", { name: "1〜2週間前" }).check();
  await page.locator("button[value=back]").click();
  assert.equal(await page.getByRole("textbox").inputValue(), "動悸がする");
  await page.goto(link);
  await page.getByText("ほかに、当てはまる症状はありますか。").waitFor();
  await page.getByRole("checkbox", { name: /動悸/ }).check();
  await page.locator("button[value=next]").click();
  await answerAll(page);
  await page.getByRole("button", { name: "送る" }).click();
  await page.getByRole("heading", { name: "ありがとうございました" }).waitFor();
  await context.close();
  const desk = await openAs(clinic, "nurse");
  await desk.page.locator("#questionnaire summary").click();
  await desk.page.locator("#questionnaire").getByText("1〜2週間前").waitFor();
  assert.match(await desk.page.locator("#questionnaire summary").textContent(), /動悸/);
  await isAccessible(desk.page, "reading");
  await picture(desk.page, "intake-reading");
  await desk.context.close();
});

test("a link that opens nothing says what to do in every language", async () => {
  const { page, context } = await openPage(clinic, PHONE);
  const answer = await page.goto(`${clinic.ready.url}/intake/1.${"A".repeat(43)}`);
  assert.equal(answer.status(), 404);
  await page.getByRole("heading", { level: 1, name: "この問診票は開けません" }).waitFor();
  await isAccessible(page, "closed");
  await picture(page, "intake-closed");
  await context.close();
});

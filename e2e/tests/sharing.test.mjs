// A letter by the record sharing service: sent from the composer, read and answered at the other institution of the
// demonstration; the robot hospital's answer in the inbox.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { isAccessible, LAPTOP, openAs, openAtOther, openClinic, picture, TOUCH } from "../clinic.mjs";
import { looks } from "../looks.mjs";

// Ten seconds to take it back, the service's checks, the rounds of both sides every fifteen.
const PATIENCE = 120_000;
const OTHER = "あおば整形外科";
const OWN = "みどり内科クリニック";
const ROBOT = "架空総合病院（模擬）";

let clinic;
let patient; // somebody with a card that has its branch number

const at = (token) => async (pathname, options = {}) => {
  const answer = await fetch(`${clinic.ready.fhir}/${pathname}`, { ...options, headers: { authorization: `Bearer ${token}`, "content-type": "application/fhir+json" } });
  assert.ok(answer.ok, `${pathname} ${answer.status}`);
  return answer.json();
};

// The first patient whose card the service knows by its number, and who has an address.
async function insured(fhir) {
  const { entry } = await fhir("Coverage?status=active&_count=100");
  for (const { resource: card } of entry) {
    const branch = card.extension?.some(({ url, valueString }) => url.endsWith("SubNumber") && valueString);
    const number = card.extension?.some(({ url, valueString }) => url.endsWith("PersonNumber") && valueString);
    if (!branch || !number || card.period?.end || !card.payor?.[0]?.identifier) continue;
    const person = await fhir(card.beneficiary.reference);
    const drugs = await fhir(`MedicationRequest?subject=${card.beneficiary.reference}&_count=1`);
    if (person.address?.length && drugs.total > 0) return { person, card };
  }
  throw new Error("nobody is insured");
}

before(async () => {
  clinic = await openClinic();
  const here = at(clinic.ready.token);
  const { person, card } = await insured(here);
  patient = person.id;
  // The same person is known at the other institution, with the same card.
  const there = at(clinic.ready.other_token);
  const put = (resource) => there(`${resource.resourceType}/${resource.id}`, { method: "PUT", body: JSON.stringify(resource) });
  const plain = ({ meta, text, ...rest }) => rest;
  await put({ ...plain(person), id: "shared-patient", identifier: [{ ...person.identifier[0], value: "900001" }] });
  await put({ ...plain(card), id: "shared-card", beneficiary: { reference: "Patient/shared-patient" } });
});
after(async () => { await clinic?.close(); });

// The page, asked for again until it shows something; nobody is told in this list.
async function until(page, url, found) {
  const end = Date.now() + PATIENCE;
  for (;;) {
    await page.goto(url);
    if (await found().count()) return;
    assert.ok(Date.now() < end, `${url} does not show it: ${await page.locator("main").innerText()}`);
    await page.waitForTimeout(2_000);
  }
}

// Writes to somebody of the address book and sends; answers the letter's address.
async function sends(page, to, { pictured } = {}) {
  await page.goto(`${clinic.ready.url}/p/${patient}/letters/new`);
  await page.getByRole("button", { name: to }).first().click();
  await page.locator("form.paper").waitFor();
  await page.locator("[value='route.service'][aria-pressed=true]").waitFor();
  return written(page, { pictured });
}

async function written(page, { pictured, words = "精査をお願いいたします。" } = {}) {
  for (const [name, text] of [["紹介目的", words], ["症状経過", "以前より通院中です。"], ["傷病名", "高血圧症"]]) {
    const field = page.getByRole("textbox", { name, exact: true });
    if (name === "紹介目的" || !(await field.inputValue())) await field.fill(text);
  }
  await page.getByRole("button", { name: /今、口頭で同意/ }).click();
  await page.locator("[value='consent.oral'][aria-pressed=true]").waitFor();
  // The document was judged by the rules of the service, and nothing speaks against it.
  await page.locator("#let-doc:not([data-stays])").waitFor();
  assert.deepEqual(await page.locator(".chk.t-danger").allTextContents(), []);
  if (pictured) {
    await picture(page, pictured);
    await isAccessible(page, "the composer by the service");
    assert.deepEqual(await looks(page), []);
  }
  const address = page.url();
  await page.keyboard.press("Control+Enter");
  await page.getByText("送信待ち").first().waitFor();
  return address;
}

test("a letter is sent from the composer, arrives at the other institution, and its answer comes back", async () => {
  const { page, context, complaints } = await openAs(clinic, "doctor");
  const letter = await sends(page, OTHER, { pictured: "sharing-composer" });
  await page.getByText("10秒のあいだは取り消せます").waitFor();
  await picture(page, "sharing-sending");
  await isAccessible(page, "a letter that is about to leave");
  await until(page, letter, () => page.getByText(/登録済|受領済/));

  const other = await openAtOther(clinic, "doctor");
  await until(other.page, `${clinic.ready.url}/inbox`, () => other.page.locator(".ib-i", { hasText: OWN }));
  await other.page.locator(".ib-i", { hasText: OWN }).first().click();
  await other.page.getByText("カルテへ取り込む").first().waitFor();
  await other.page.getByText("精査をお願いいたします。").first().waitFor();
  await picture(other.page, "sharing-arrived");
  await isAccessible(other.page, "a letter that arrived");
  assert.deepEqual(await looks(other.page), []);
  await until(page, letter, () => page.getByText("受領済"));
  await picture(page, "sharing-received");

  await other.page.getByRole("button", { name: /返書を書く/ }).click();
  await other.page.locator("form.paper").waitFor();
  await other.page.getByText(`返書：${OWN}`).waitFor();
  const answer = await written(other.page, { pictured: "sharing-reply", words: "ご紹介ありがとうございました。経過は良好です。" });
  await until(other.page, answer, () => other.page.getByText(/登録済|受領済/));
  await until(page, `${clinic.ready.url}/inbox`, () => page.locator(".ib-i", { hasText: OTHER }));
  await page.locator(".ib-i", { hasText: OTHER }).first().click();
  await page.getByText("経過は良好です。").first().waitFor();
  await picture(page, "sharing-answer");
  await page.setViewportSize(TOUCH);
  await picture(page, "sharing-answer-tablet");
  assert.deepEqual(await looks(page), [], "tablet");
  await page.setViewportSize(LAPTOP);
  // What is looked for is found by the sender, and the address tells nothing of it.
  await page.getByRole("searchbox", { name: /受信箱を探す/ }).fill("あおば");
  await page.keyboard.press("Enter");
  await page.getByText("「あおば」").waitFor();
  await picture(page, "inbox-search");
  await isAccessible(page, "what was found in the inbox");
  assert.deepEqual([...complaints, ...other.complaints], []);
  await other.context.close();
  await context.close();
});

test("the robot hospital answers, and its answer lies in the inbox", async () => {
  const { page, context, complaints } = await openAs(clinic, "doctor");
  const letter = await sends(page, ROBOT);
  await until(page, letter, () => page.getByText(/登録済|受領済/));
  // It answers after a minute by itself; here nobody waits for it.
  const passed = await fetch(`${clinic.ready.sandbox}/sim/sharing/pass`, { method: "POST", headers: { "content-type": "application/json" }, body: "{}" });
  assert.ok(passed.ok);
  await until(page, `${clinic.ready.url}/inbox`, () => page.locator(".ib-i", { hasText: ROBOT }));
  await page.locator(".ib-i", { hasText: ROBOT }).first().click();
  await page.getByText("新たな異常は認めませんでした").waitFor();
  await picture(page, "sharing-robot");
  assert.deepEqual(complaints, []);
  await context.close();
});

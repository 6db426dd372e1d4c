// A morning of the clinic, three desks at work: patients arrive, answer the questionnaire, are measured, seen, sent to
// the nurse, finished, booked again, and pay. At its end one record is corrected and printed. The server has no error to
// report and the browsers nothing to complain about.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { finish, openAs, openClinic, openPage, picture } from "../clinic.mjs";

const PHONE = { width: 390, height: 844 };
const BOOKED = ["村上 千鶴", "福田 隆", "石井 香織"];

let clinic;
let desk;
let nurse;
let doctor;
const faults = [];

before(async () => {
  clinic = await openClinic();
  desk = await at("clerk");
  nurse = await at("nurse");
  doctor = await at("doctor");
});
after(async () => { await clinic?.close(); });

async function at(role) {
  const opened = await openAs(clinic, role);
  watch(opened, role);
  return opened;
}

function watch({ context }, who) {
  context.on("response", (response) => { if (response.status() >= 500) faults.push(`${who}: ${response.status()} ${new URL(response.url()).pathname}`); });
}

const row = (page, name) => page.locator("tr[data-visit]", { has: page.locator(".rc-pick", { hasText: name }) });
const reception = async ({ page }) => { await page.goto(`${clinic.ready.url}/reception`); };

// Select somebody in the list; answers the visit.
async function select(opened, name) {
  await reception(opened);
  const found = row(opened.page, name);
  await found.locator(".rc-pick").click();
  await opened.page.locator("#reception-card h2", { hasText: name }).waitFor();
  return found.getAttribute("data-visit");
}

async function write(page, section, text) {
  await page.locator(`#note-form [data-section=${section}]`).fill(text);
}

const known = (page) => page.waitForFunction(() => [...document.querySelectorAll("#note-form [data-section]")].every((f) => !f.name || f.value === f.form.elements[`${f.dataset.section}_base`].value));

let walkIn; // name of somebody without an appointment
let record; // address of a record that was confirmed

test("patients arrive: with an appointment by one press, without one by their number", async () => {
  const { page } = desk;
  await page.goto(`${clinic.ready.url}/reception?status=expected`);
  for (const name of BOOKED) {
    const expected = page.locator(".rc-t tbody tr", { hasText: name });
    await expected.getByRole("button", { name: /受付する/ }).click();
    await expected.waitFor({ state: "detached" });
  }
  await reception(desk);
  const here = new Set(await page.locator("tr[data-visit] .rc-pick").allTextContents());
  const people = (await clinic.fhir("Patient?_count=60")).entry.map((e) => e.resource);
  const someone = people.findLast((p) => p.identifier && p.name?.[0].given && !here.has(`${p.name[0].family} ${p.name[0].given[0]}`) && Number(p.birthDate.slice(0, 4)) < 2000);
  walkIn = `${someone.name[0].family} ${someone.name[0].given[0]}`;
  await page.keyboard.press("n");
  const dialog = page.getByRole("dialog", { name: "受付する" });
  await dialog.locator("input[name=q]").fill(someone.identifier[0].value);
  await dialog.getByRole("link", { name: walkIn, exact: true }).click();
  await dialog.getByLabel(/理由/).fill("咳が続く");
  await dialog.getByRole("button", { name: "受付する" }).click();
  await page.waitForURL("**/reception?v=*");
  for (const name of [...BOOKED, walkIn]) await row(page, name).waitFor();
});

test("the questionnaire is handed over, answered on a phone and read", async () => {
  const { page } = desk;
  await select(desk, walkIn);
  await row(page, walkIn).getByRole("button", { name: "問診を渡す" }).click();
  const link = await page.locator(".in-u").textContent();
  const phone = await openPage(clinic, PHONE, { hasTouch: true });
  watch(phone, "patient");
  await phone.page.goto(link);
  await phone.page.getByRole("button", { name: "日本語", exact: true }).click();
  for (let n = 0; n < 20 && !phone.page.url().endsWith("q=check"); n += 1) {
    const options = phone.page.getByRole("radio").or(phone.page.getByRole("checkbox"));
    if (await options.count()) await options.first().check();
    else await phone.page.getByRole("textbox").first().fill("2週間前から咳が出る");
    await phone.page.locator("button[value=next]").click();
    await phone.page.waitForLoadState();
  }
  await phone.page.getByRole("button", { name: "送る" }).click();
  await phone.page.getByRole("heading", { name: "ありがとうございました" }).waitFor();
  faults.push(...phone.complaints);
  await phone.context.close();
  await select(desk, walkIn);
  await page.locator("#questionnaire").waitFor();
});

for (const [n, whom] of ["村上 千鶴", "福田 隆", "石井 香織", "the one who walked in"].entries()) {
  test(`measured, seen, ordered, finished, booked again, paid: ${whom}`, async () => {
    const name = n < BOOKED.length ? whom : walkIn;
    // The nurse measures.
    await select(nurse, name);
    await nurse.page.locator("#reception-card").getByRole("button", { name: "呼び出してカルテを開く" }).click();
    await nurse.page.locator("#note").waitFor();
    const chart = nurse.page.url();
    await write(nurse.page, "V", `${126 + n * 4}/78 ${68 + n} ${60 + n}.4 36.${4 + n}`);
    await nurse.page.locator("#note-h").click();
    await known(nurse.page);
    await reception(nurse);

    // The doctor sees the patient.
    const { page } = doctor;
    await page.goto(chart);
    assert.match(await page.locator("#vit").textContent(), new RegExp(`${126 + n * 4}/78`));
    await write(page, "S", "変わりなく過ごしている");
    await write(page, "A", "安定");
    await write(page, "P", "同じ薬を続ける");
    const last = page.getByRole("button", { name: /前回Do/ });
    if (await last.count()) {
      await last.click();
      await page.getByText(/剤を写しました/).waitFor();
    }
    await page.keyboard.press("Escape");
    await page.locator("#problems-block input[name=q]").fill(n % 2 ? "みぎ ひざ へんけい" : "DM うたがい");
    await page.locator("#problems-block [role=option][aria-selected=true]").waitFor();
    await page.locator("#problems-block [role=option]").first().click();
    await page.getByText(/を追加しました|すでに有効です/).first().waitFor();

    // Something for the nurse, today.
    const requests = await page.locator("#orders form#rq-take").getAttribute("action");
    await page.goto(clinic.ready.url + requests);
    await page.getByRole("radio", { name: "今日" }).check();
    await page.getByRole("combobox", { name: /名前の一部で探す/ }).fill("hba1c");
    await page.locator(".pop [role=option]").first().click();
    await page.getByText("を加えました").waitFor();
    // The nurse takes blood.
    await nurse.page.goto(`${clinic.ready.url}/worklist`);
    const work = nurse.page.locator("section.panel", { has: nurse.page.getByRole("heading", { name }) });
    await work.getByRole("button", { name: /^採取した/ }).first().click();
    await nurse.page.locator("section.panel", { has: nurse.page.getByRole("heading", { name }) }).getByText("実施").first().waitFor();

    await page.goto(chart);
    for (let left = await page.locator("#orders .od-why").count(); left > 0; left -= 1) {
      await page.locator("#orders .od-why").first().locator("summary").click();
      await page.locator("#orders .od-why").first().getByRole("button").first().click();
      await page.waitForFunction((many) => document.querySelectorAll("#orders .od-why").length < many, left);
    }
    await finish(page);
    record ??= page.url();

    // The return visit.
    await page.goto(`${chart.replace(/\/v\/.*/, "")}/next-visit`);
    await page.locator("form[data-next] button").first().click();
    await page.getByText(/^次回 .* を予約しました$/).waitFor();

    // The desk takes the payment; the list tells by itself.
    await select(desk, name);
    await desk.page.locator("#reception-card").getByRole("button", { name: /終了する/ }).click();
    await row(desk.page, name).waitFor({ state: "detached" });
    await desk.page.goto(`${clinic.ready.url}/reception?status=finished`);
    await row(desk.page, name).waitFor();
  });
}

test("a confirmed record is corrected and printed: every version stands on the paper", async () => {
  const { page, context } = doctor;
  await page.goto(record);
  await page.getByRole("link", { name: "訂正する" }).click();
  const plan = page.getByLabel(/^P/);
  await plan.fill("同じ薬を続ける。塩分を控える");
  await page.getByRole("button", { name: "訂正を確定する" }).click();
  const reason = page.getByLabel("訂正の理由");
  assert.ok(await reason.evaluate((f) => f.matches(":invalid") && document.activeElement === f), "asks for the reason first");
  assert.equal(await plan.inputValue(), "同じ薬を続ける。塩分を控える", "what was typed stays");
  await reason.fill("説明した内容の追記");
  await page.getByRole("button", { name: "訂正を確定する" }).click();
  await page.getByText("説明した内容の追記").first().waitFor();
  assert.ok(await page.locator("del").count() >= 1, "the old words are struck through and readable");
  await picture(page, "morning-corrected");
  const paper = await context.newPage();
  await paper.addInitScript(() => { window.print = () => {}; });
  await paper.goto(`${clinic.ready.url}${await page.getByRole("link", { name: "診療録を印刷" }).getAttribute("href")}?versions=1`);
  await paper.locator("del", { hasText: "同じ薬を続ける" }).first().waitFor();
  await paper.locator("ins", { hasText: "塩分を控える" }).first().waitFor();
  const words = await paper.locator("body").textContent();
  assert.match(words, /説明した内容の追記/);
  assert.match(words, /佐藤 健一/, "who confirmed");
  await paper.emulateMedia({ media: "print" });
  await picture(paper, "morning-printed");
  await paper.close();
});

test("nothing went wrong anywhere", () => {
  for (const { complaints } of [desk, nurse, doctor]) faults.push(...complaints.filter((c) => !c.includes("422")));
  assert.deepEqual(faults, []);
  const said = clinic.told().split("\n").filter((line) => /\b(ERROR|WARN|panicked)\b/.test(line));
  assert.deepEqual(said, [], "the server's own words");
});

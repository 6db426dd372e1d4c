// Electronic prescriptions from the dialog to the pharmacy and back, against the simulated service of the demonstration.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { isAccessible, LAPTOP, openAs, openClinic, picture, TOUCH } from "../clinic.mjs";
import { Hand } from "../hand.mjs";

// Presses of mouse or finger, and command keys.
const WANTED = {
  "issue with no finding": [2, 2],
  "issue with one duplicate removed": [3, 3],
  "issue with a reason": [5, 5],
  "repeat last and issue": [3, 4],
  "cancel": [3, 4],
};
const counted = new Map(Object.keys(WANTED).map((task) => [task, {}]));

let clinic;
let visits;

before(async () => {
  clinic = await openClinic();
  visits = await withPrescriptions();
});
after(async () => {
  for (const [task, found] of counted) console.log(`# ${task} | ${WANTED[task].join("/")} | ${found.mouse ?? "–"} | ${found.keys ?? "–"}`);
  await clinic?.close();
});

const sim = (path, body) => fetch(`${clinic.ready.sandbox}/sim/${path}`, { method: body ? (path.endsWith("faults") ? "PUT" : "POST") : "GET", headers: { "content-type": "application/json" }, body: body && JSON.stringify(body) });

// Everybody with an appointment comes; those whose last prescription has no open finding and can be written are kept.
async function withPrescriptions() {
  const desk = await openAs(clinic, "clerk");
  await desk.page.goto(`${clinic.ready.url}/reception?status=expected`);
  const rows = desk.page.locator(".rc-t tbody tr");
  for (let left = await rows.count(); left > 0; left -= 1) {
    await rows.getByRole("button", { name: /受付する/ }).first().click();
    await desk.page.waitForFunction((n) => document.querySelectorAll(".rc-t tbody tr").length < n, left);
  }
  await desk.context.close();
  const { entry } = await clinic.fhir("Encounter?status=arrived,in-progress&_count=60");
  const [found, passed] = [[], []];
  const { page, context } = await openAs(clinic, "doctor");
  const other = await context.newPage();
  for (const { resource } of entry) {
    if (found.length >= 6) break;
    const patient = resource.subject.reference.split("/")[1];
    const url = `${clinic.ready.url}/p/${patient}/v/${resource.id}`;
    await page.goto(url);
    const again = page.locator("#orders button[data-key='Alt+y']");
    if (!(await again.count()) || (await page.locator("#orders .rx").count())) continue;
    await again.click();
    await page.locator("#orders .toast").waitFor();
    await other.goto(`${url}/issue`);
    const open = await other.locator("#issue-check").getAttribute("data-open");
    const told = await other.locator("#issue-check [role=alert]").allTextContents();
    if (open !== "0" || told.length) {
      passed.push(`${open} open ${told.join(" ")}`);
      continue;
    }
    found.push({ url, patient });
    // Of the last the drugs are taken out again: repeating is a task of its own.
    if (found.length > 5) {
      await page.locator("#orders .toast form button").click();
      await page.waitForFunction(() => !document.querySelector("#orders .rx"));
    }
  }
  await context.close();
  assert.equal(found.length, 6, `patients whose last prescription can be issued; not: ${passed.join(" / ")}`);
  return found;
}

// The insured person of a patient, as the simulated service knows one.
async function insured(patient) {
  const { entry } = await clinic.fhir(`Coverage?beneficiary=Patient/${patient}&status=active`);
  const coverage = entry[0].resource;
  const of = (name) => coverage.extension?.find((e) => e.url.endsWith(name))?.valueString ?? "";
  const insurer = coverage.payor[0].identifier?.value ?? coverage.contained?.[0]?.identifier?.[0]?.value;
  return { insurer, symbol: of("InsuredPersonSymbol"), number: of("InsuredPersonNumber"), branch: of("InsuredPersonSubNumber") };
}

// Another clinic gave the first drug of this patient's prescription a week ago.
async function givenElsewhere({ url, patient }) {
  const visit = url.split("/").at(-1);
  const { entry } = await clinic.fhir(`MedicationRequest?subject=Patient/${patient}&encounter=Encounter/${visit}`);
  const drug = entry.map((e) => e.resource).find((r) => r.medicationCodeableConcept.coding?.some((c) => /ZZZ$|^6\d{8}$/.test(c.code)));
  const coding = drug.medicationCodeableConcept.coding.find((c) => /ZZZ$/.test(c.code)) ?? drug.medicationCodeableConcept.coding.find((c) => /^6\d{8}$/.test(c.code));
  const date = new Date(Date.now() + 9 * 3_600_000 - 8 * 86_400_000).toISOString().slice(0, 10);
  const answer = await sim("eprescription/past", {
    ...(await insured(patient)), date, days: 14, code_kind: /ZZZ$/.test(coding.code) ? "7" : "1", code: coding.code,
    name: drug.medicationCodeableConcept.text, institution: "ひかり整形外科", pharmacy: "あおぞら薬局", usage: "１日１回朝食後",
  });
  assert.equal(answer.status, 201);
}

const press = (page) => page.locator("dialog #issue button[data-key=F8]");
const answered = (page) => page.locator("dialog #issue-check[data-open]").waitFor();
const registered = (page) => page.locator("dialog #issue .iss-n b").waitFor();

async function counting(hand, task, act) {
  hand.begin();
  await act();
  const wanted = WANTED[task][hand.byKeys ? 1 : 0];
  counted.get(task)[hand.way] = hand.count;
  assert.ok(hand.count <= wanted, `${task}, ${hand.way}: ${hand.count} presses, wanted ${wanted}`);
}

async function openChart(role, visit, way = "mouse", viewport = LAPTOP, options = {}) {
  const opened = await openAs(clinic, role, viewport, options);
  await opened.page.goto(visit.url);
  await opened.page.locator("#orders .rx").first().waitFor();
  return { ...opened, hand: new Hand(opened.page, way) };
}

test("a prescription without findings is issued in two presses, by keys and by mouse, and cancelled in three", async () => {
  for (const [way, visit] of [["mouse", visits[0]], ["keys", visits[1]]]) {
    const { page, context, complaints, hand } = await openChart("doctor", visit, way);
    await counting(hand, "issue with no finding", async () => {
      if (hand.byKeys) await hand.key("F8");
      else await hand.press(page.getByRole("link", { name: /処方箋を発行/ }));
      await press(page).waitFor();
      await answered(page);
      if (way === "mouse") {
        await picture(page, "eprescription-dialog");
        await isAccessible(page, "the dialog");
      }
      if (hand.byKeys) await hand.key("F8");
      else await hand.press(press(page));
      await registered(page);
    });
    assert.match(await page.locator("dialog #issue").textContent(), /登録済/);
    await page.getByRole("link", { name: /控え/ }).waitFor();
    if (way === "mouse") {
      await picture(page, "eprescription-registered");
      await isAccessible(page, "what became of it");
      const href = await page.getByRole("link", { name: /控え/ }).getAttribute("href");
      const copy = await page.request.get(clinic.ready.url + href);
      assert.equal(copy.headers()["content-type"], "application/pdf");
    }
    await page.keyboard.press("Escape");
    await page.locator("#rx-states .tag").waitFor();
    await counting(hand, "cancel", async () => {
      if (hand.byKeys) {
        await hand.key("F8");
        await page.locator("dialog #issue .iss-n").waitFor();
        await page.locator("dialog summary", { hasText: "取り消す" }).focus();
        await hand.key("Enter");
        await page.getByRole("button", { name: "取消を送る" }).focus();
        await hand.key("Enter");
      } else {
        await hand.press(page.getByRole("link", { name: /処方箋を発行/ }));
        await hand.press(page.locator("dialog summary", { hasText: "取り消す" }));
        await hand.press(page.getByRole("button", { name: "取消を送る" }));
      }
      await page.locator("dialog #issue .tag", { hasText: "取消済" }).waitFor();
    });
    assert.deepEqual(complaints, []);
    await context.close();
  }
});

test("the last prescription is repeated and issued", async () => {
  const { page, context } = await openAs(clinic, "doctor");
  await page.goto(visits[5].url);
  const hand = new Hand(page, "keys");
  await page.locator("#orders button[data-key='Alt+y']").waitFor();
  await counting(hand, "repeat last and issue", async () => {
    await hand.key("Alt+y");
    await page.locator("#orders .rx").first().waitFor();
    await hand.key("F8");
    await answered(page);
    await hand.key("F8");
    await registered(page);
  });
  await context.close();
});

test("a duplicate of another clinic is taken out, or prescribed with a reason", async () => {
  const [removed, reasoned] = [visits[2], visits[3]];
  for (const visit of [removed, reasoned]) await givenElsewhere(visit);
  for (const visit of [removed, reasoned]) {
    // The names are told once the patient agreed; that is asked for before the task is counted.
    const { page, context } = await openChart("doctor", visit);
    await page.keyboard.press("F8");
    await answered(page);
    await page.getByText("他院の薬名は伏せられています").first().waitFor();
    await page.getByRole("button", { name: "口頭で同意を得た" }).first().click();
    await page.getByText("ひかり整形外科").waitFor();
    if (visit === removed) {
      await picture(page, "eprescription-duplicate");
      await isAccessible(page, "a duplicate");
    }
    await context.close();
  }
  {
    const { page, context, hand } = await openChart("doctor", removed, "keys");
    await counting(hand, "issue with one duplicate removed", async () => {
      await hand.key("F8");
      await answered(page);
      await page.waitForFunction(() => document.activeElement?.matches("[data-safe]"));
      await hand.key("1");
      await page.locator("dialog #issue-check[data-open='0']").waitFor();
      await hand.key("F8");
      await registered(page);
    });
    await context.close();
  }
  {
    const { page, context, hand } = await openChart("doctor", reasoned);
    await counting(hand, "issue with a reason", async () => {
      await hand.press(page.getByRole("link", { name: /処方箋を発行/ }));
      await answered(page);
      await hand.press(page.locator("dialog .od-why > summary").first());
      await hand.press(page.getByRole("button", { name: "治療上の必要がある" }).first());
      await page.locator("dialog #issue-check[data-open='0']").waitFor();
      await hand.press(press(page));
      await registered(page);
    });
    await context.close();
  }
});

test("what the pharmacy dispensed appears in the chart", async () => {
  const visit = visits[4];
  const { page, context } = await openChart("doctor", visit, "touch", TOUCH, { hasTouch: true, isMobile: true });
  await page.getByRole("link", { name: /処方箋を発行/ }).tap();
  await answered(page);
  await picture(page, "eprescription-tablet");
  await press(page).tap();
  await registered(page);
  const access_code = await page.locator("dialog #issue .iss-n b").textContent();
  const handed = await sim("pharmacy", { ...(await insured(visit.patient)), access_code, action: "substitute" });
  assert.equal(handed.status, 200, await handed.text());
  const ask = page.getByRole("button", { name: "状態を問い合わせる" });
  if (await ask.count()) await ask.tap();
  await page.waitForFunction(async (path) => {
    const answer = await fetch(path, { headers: { "x-fragment": "1" } });
    return (await answer.text()).includes("調剤済");
  }, new URL(visit.url).pathname.replace(/\/v\/.*/, "/prescriptions"), { timeout: 60_000, polling: 1_000 });
  await page.goto(visit.url);
  const line = page.locator("#rx-states");
  await line.getByText("調剤済").waitFor();
  assert.match(await line.textContent(), /架空薬局/);
  await line.locator("a.rx-chip").tap();
  await page.locator("dialog .iss-p").waitFor();
  await picture(page, "eprescription-dispensed");
  await isAccessible(page, "a result");
  await context.close();
});

test("while the service is in maintenance nobody misses it, and paper is the way on", async () => {
  await sim("eprescription/faults", { maintenance: true });
  // The prescription of this visit was cancelled before; it is issued anew.
  const { page, context } = await openChart("doctor", visits[0]);
  await page.keyboard.press("F8");
  await page.getByRole("link", { name: "あらためて発行する" }).click();
  await answered(page);
  await page.getByText("重複投薬等チェックができません").waitFor();
  await page.getByLabel("照会できないことを確かめて発行する").check();
  await press(page).click();
  await page.locator("dialog #issue .tag", { hasText: "送信待ち" }).waitFor();
  const desk = await openAs(clinic, "clerk");
  await desk.page.goto(`${clinic.ready.url}/reception`);
  await desk.page.locator(".rail a[href='/unregistered']").click();
  await desk.page.getByRole("heading", { name: "未登録の処方箋", level: 2 }).waitFor();
  await picture(desk.page, "eprescription-unregistered");
  await isAccessible(desk.page, "the unregistered");
  await page.locator("dialog summary", { hasText: "紙で出す" }).click();
  await page.getByRole("button", { name: "紙で出すことにする" }).click();
  await page.locator("dialog #issue .tag", { hasText: "紙で発行" }).waitFor();
  const href = await page.locator("dialog a[href$='prescription.pdf']").getAttribute("href");
  const printed = await page.request.get(clinic.ready.url + href);
  assert.equal(printed.headers()["content-type"], "application/pdf");
  await sim("eprescription/faults", { maintenance: false });
  await desk.page.reload();
  await desk.page.getByText("未登録の処方箋はありません").waitFor();
  await desk.context.close();
  await context.close();
});

test("cardless signing is signed in with once, in a tab of its own, and a divided prescription gets a number for each part", async () => {
  const { page, context, complaints } = await openAs(clinic, "doctor");
  await page.goto(`${clinic.ready.url}/me/signing`);
  await page.getByText("カードレス署名", { exact: true }).first().click();
  await page.getByRole("button", { name: "この方法にする" }).click();
  await page.locator(".tag", { hasText: "署名の認証が必要です" }).waitFor();
  await picture(page, "signing");
  await isAccessible(page, "what a doctor signs with");
  // The one that was cancelled is issued anew, in two parts.
  await page.goto(visits[1].url);
  await page.locator("#orders .rx").first().waitFor();
  await page.keyboard.press("F8");
  await page.getByRole("link", { name: "あらためて発行する" }).click();
  await answered(page);
  await page.locator("dialog summary", { hasText: "分割" }).click();
  await page.locator("dialog input[name=parts][value='2']").check();
  await page.locator("dialog summary", { hasText: "備考" }).click();
  await page.locator("dialog input[name=remark]").fill("朝の分から");
  await picture(page, "eprescription-sign-in");
  await press(page).click();
  await page.locator("dialog [role=alert]", { hasText: "署名の認証が必要です" }).waitFor();
  assert.equal(await page.locator("dialog input[name=remark]").inputValue(), "朝の分から");
  assert.ok(await page.locator("dialog input[name=parts][value='2']").isChecked());
  const opening = context.waitForEvent("page");
  await page.locator("dialog .iss-g a", { hasText: "スマートフォン" }).click();
  const tab = await opening;
  await tab.getByRole("button", { name: /としてサインイン/ }).first().click();
  await tab.getByRole("heading", { name: /署名の準備ができています（.+）/ }).waitFor();
  await picture(tab, "signing-ready");
  await tab.close();
  await press(page).click();
  await page.waitForFunction(() => document.querySelectorAll("dialog #issue .iss-n b").length === 2);
  const numbers = await page.locator("dialog #issue .iss-n b").allTextContents();
  assert.notEqual(numbers[0], numbers[1]);
  await picture(page, "eprescription-parts");
  await isAccessible(page, "a divided prescription");
  // The press without a sign-in was refused, as it should be.
  assert.deepEqual(complaints.filter((each) => !each.includes("422")), []);
  await page.goto(`${clinic.ready.url}/me/signing`);
  await page.getByText("証明書ファイル", { exact: true }).first().click();
  await page.getByRole("button", { name: "この方法にする" }).click();
  await context.close();
});

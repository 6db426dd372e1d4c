// Letters from the chart to the paper, and what arrives from the inbox into the chart, with the presses counted.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { isAccessible, LAPTOP, openAs, openClinic, picture, TOUCH, UPRIGHT } from "../clinic.mjs";
import { Hand } from "../hand.mjs";
import { looks } from "../looks.mjs";

// Presses of mouse or finger, and command keys, besides the text.
const WANTED = {
  "referral to a known destination": [4, 8],
  "import a referral": [1, 1],
  "match a patient": [2, 3],
};
const counted = new Map(Object.keys(WANTED).map((task) => [task, {}]));

let clinic;
let visit; // the address of a chart with a visit of today
let patient;

before(async () => {
  clinic = await openClinic();
  const { entry } = await clinic.fhir("Encounter?status=arrived,in-progress&_count=1");
  patient = entry[0].resource.subject.reference.split("/")[1];
  visit = `/p/${patient}/v/${entry[0].resource.id}`;
});
after(async () => {
  for (const [task, found] of counted) console.log(`# ${task} | ${WANTED[task].join("/")} | ${found.mouse ?? "–"} | ${found.keys ?? "–"}`);
  await clinic?.close();
});

async function counting(hand, task, act) {
  hand.begin();
  await act();
  const wanted = WANTED[task][hand.byKeys ? 1 : 0];
  counted.get(task)[hand.way] = hand.count;
  assert.ok(hand.count <= wanted, `${task}, ${hand.way}: ${hand.count} presses, wanted ${wanted}`);
}

async function put(kind, id, body, type = "application/fhir+json") {
  const answer = await fetch(`${clinic.ready.fhir}/${kind}/${id}`, { method: "PUT", headers: { authorization: `Bearer ${clinic.ready.token}`, "content-type": type }, body: typeof body === "string" ? body : JSON.stringify({ resourceType: kind, id, ...body }) });
  assert.ok(answer.ok, `${kind} ${answer.status} ${await answer.text()}`);
}

// A document as the connector leaves it in the record: the original, what is said of it, its items apart, its line.
async function arrive(id, { of, name = "清水 勇", kana = "シミズ イサム", birth = "1947-01-29", gender = "male" }) {
  const script = (value) => [{ url: "http://hl7.org/fhir/StructureDefinition/iso21090-EN-representation", valueCode: value }];
  const section = (code, title, words) => ({ title, code: { coding: [{ code }] }, text: { status: "generated", div: `<div xmlns="http://www.w3.org/1999/xhtml">${words}</div>` } });
  const entry = (key, resource) => ({ fullUrl: `urn:uuid:${id}-${key}`, resource });
  const drug = (text, dose) => ({ resourceType: "MedicationRequest", status: "completed", intent: "order", authoredOn: "2026-11-18", medicationCodeableConcept: { text }, dosageInstruction: [{ text: dose }] });
  const value = (text, code, number, unit, flag) => ({
    resourceType: "Observation", status: "final", effectiveDateTime: "2026-11-18T09:00:00+09:00",
    code: { coding: [{ system: "http://medis.or.jp/CodeSystem/master-JLAC10-17digits", code }], text }, valueQuantity: { value: number, unit },
    ...(flag && { interpretation: [{ coding: [{ code: flag }] }] }),
  });
  const disease = (text, code) => ({ resourceType: "Condition", clinicalStatus: { coding: [{ system: "http://terminology.hl7.org/CodeSystem/condition-clinical", code: "active" }] }, onsetDateTime: "2026-10-01", code: { coding: [{ system: "http://medis.or.jp/CodeSystem/master-disease-keyNumber", code }], text } });
  const items = [
    ["a", { resourceType: "AllergyIntolerance", category: ["medication"], clinicalStatus: { coding: [{ code: "active" }] }, code: { text: "ヨード造影剤" }, reaction: [{ manifestation: [{ text: "蕁麻疹" }] }], onsetDateTime: "2026-11-06" }],
    ["x", disease("発作性心房細動", "20058923")], ["m", drug("エドキサバン錠30mg", "1日1回 朝食後")], ["n", drug("ビソプロロールフマル酸塩錠2.5mg", "1日1回 朝食後")],
    ["b", value("BNP", "4Z271000002305101", 88.4, "pg/mL", "H")], ["g", value("eGFR", "8A065000002391901", 55.6, "mL/min/1.73m²")],
  ];
  const bundle = {
    resourceType: "Bundle", type: "document", timestamp: "2026-11-18T10:00:00+09:00", identifier: { value: `1310000029^2026^${id}` },
    entry: [
      entry("c", {
        resourceType: "Composition", status: "final", title: "診療情報提供書（逆紹介）", date: "2026-11-18T10:00:00+09:00", type: { coding: [{ system: "http://loinc.org", code: "57133-1" }] },
        subject: { reference: `urn:uuid:${id}-p` }, author: [{ reference: `urn:uuid:${id}-d` }, { reference: `urn:uuid:${id}-o` }],
        section: [
          section("950", "紹介目的", "<p>術後経過良好のため、今後の定期診療と抗凝固療法の継続をお願いいたします。</p>"),
          section("330", "臨床経過", "<p>11月9日に肺静脈隔離術を施行。術後は洞調律を維持し、11月12日に退院されました。抗凝固薬は術後3か月以上の継続をお願いします。</p>"),
          section("510", "アレルギー・不耐性反応", "<p>ヨード造影剤　蕁麻疹（2026/11/6 造影CT後）</p>"),
          section("430", "投薬指示", "<ul><li>エドキサバン錠30mg　1回1錠　朝食後</li><li>ビソプロロールフマル酸塩錠2.5mg　1回1錠　朝食後</li></ul>"),
        ],
      }),
      entry("p", { resourceType: "Patient", gender, birthDate: birth, name: [{ extension: script("IDE"), text: name }, { extension: script("SYL"), text: kana }] }),
      entry("d", { resourceType: "Practitioner", name: [{ extension: script("IDE"), text: "大野 健" }] }),
      entry("o", { resourceType: "Organization", name: "県立みどり野病院", identifier: [{ system: "http://jpfhir.jp/fhir/core/IdSystem/insurance-medical-institution-no", value: "1310000029" }] }),
      ...items.map(([key, resource]) => entry(key, resource)),
    ],
  };
  const subject = of && { reference: `Patient/${of}` };
  const told = (url, parts) => ({ url, extension: Object.entries(parts).map(([part, words]) => ({ url: part, valueString: words })) });
  await put("Binary", `${id}-b`, JSON.stringify(bundle), "text/plain");
  await put("DocumentReference", id, {
    extension: [
      told("urn:karute:sender", { institution: "県立みどり野病院", code: "1310000029", department: "循環器内科", doctor: "大野 健", summary: "カテーテル治療後の逆紹介" }),
      told("urn:karute:about", { name, kana, birth, sex: gender }),
    ],
    status: "current", type: { text: "診療情報提供書" }, category: [{ coding: [{ system: "urn:karute:inbox", code: "referral" }] }], ...(subject && { subject }),
    date: "2026-11-18T10:00:00+09:00", author: [{ display: "県立みどり野病院 循環器内科 大野 健" }], custodian: { display: "県立みどり野病院" }, description: "診療情報提供書（逆紹介）",
    content: [{ attachment: { contentType: "application/fhir+json", url: `Binary/${id}-b`, title: "原文" } }],
  });
  await put("List", id, { status: "current", mode: "snapshot", title: "他院の情報", code: { coding: [{ system: "urn:karute:outside", code: "letter" }] }, date: "2026-11-18", ...(subject && { subject }) });
  const state = of ? ["received", "unread"] : ["requested", "unmatched"];
  await put("Task", id, {
    status: state[0], businessStatus: { coding: [{ system: "urn:karute:inbox-state", code: state[1] }] }, intent: "order", priority: "routine",
    code: { coding: [{ system: "urn:karute:task", code: "inbox" }] }, focus: { reference: `DocumentReference/${id}` }, ...(subject && { for: subject }),
    authoredOn: new Date().toISOString(), lastModified: new Date().toISOString(), requester: { display: "県立みどり野病院" },
    input: [{ type: { text: "値" }, valueString: "BNP 88.4" }],
  });
}

const saved = (page) => page.locator("#note-saved", { hasText: "自動保存" }).waitFor();
// Everything typed has reached the server.
const settled = (page) => page.waitForFunction(() => [...document.querySelectorAll("#note-form [data-section]")].every((field) => field.value === field.form.elements[`${field.dataset.section}_base`].value));

test("a letter is opened filled, written, and given out on paper", async () => {
  const { page, context, complaints } = await openAs(clinic, "doctor");
  await page.goto(clinic.ready.url + visit);
  await page.locator("a[data-key=l]").click();
  await page.getByRole("heading", { name: "新しい宛先" }).waitFor();
  await picture(page, "letter-new");
  await isAccessible(page, "a new letter");
  // A destination that nobody wrote to before is typed once.
  await page.getByLabel("名称", { exact: true }).fill("県立みどり野病院");
  await page.getByLabel("診療科").fill("糖尿病・腎臓内科");
  await page.getByLabel("所在地").fill("みどり市坂上 1-2-3");
  await page.getByLabel("宛先帳に登録する").check();
  await page.getByRole("button", { name: "この宛先にする" }).click();
  await page.locator("form.paper").waitFor();
  const purpose = page.getByRole("textbox", { name: "紹介目的" });
  await purpose.fill("尿アルブミンの増加と腎機能低下の精査をお願いいたします。");
  await saved(page);
  await settled(page);
  // What the chart has goes to the cursor.
  const piece = page.locator("#let-list [data-put]").first();
  if (await piece.count()) {
    const words = await piece.getAttribute("data-put");
    const into = page.locator(`[data-section="${await piece.getAttribute("data-into")}"]`);
    await piece.click();
    await page.waitForFunction(([code, text]) => document.querySelector(`[data-section="${code}"]`).value.includes(text), [await into.getAttribute("data-section"), words]);
    await settled(page);
    await page.locator(`#m-${await into.getAttribute("data-section")} .from`, { hasText: words.split("\n")[0] }).first().waitFor();
  }
  await page.getByRole("button", { name: /今、口頭で同意/ }).click();
  await page.locator("[value='consent.oral'][aria-pressed=true]").waitFor();
  await picture(page, "letter-composer");
  await isAccessible(page, "the composer");
  assert.deepEqual(await looks(page), []);
  // What speaks against it leads to its line.
  await purpose.fill("");
  await page.locator("a[data-line]", { hasText: "紹介目的" }).click();
  assert.equal(await page.evaluate(() => document.activeElement.getAttribute("aria-label")), "紹介目的");
  await page.keyboard.type("精査をお願いいたします。");
  await settled(page);
  for (const [name, size] of [["tablet", TOUCH], ["portrait", UPRIGHT]]) {
    await page.setViewportSize(size);
    await picture(page, `letter-composer-${name}`);
    assert.deepEqual(await looks(page), [], name);
  }
  await page.setViewportSize(LAPTOP);
  await page.keyboard.press("Control+Enter");
  await page.getByText("紙で発行").first().waitFor();
  await picture(page, "letter-kept");
  await isAccessible(page, "a letter on record");
  const paper = await page.request.get(`${page.url()}/print.pdf`);
  assert.equal(paper.headers()["content-type"], "application/pdf");
  await page.goto(`${clinic.ready.url}/p/${patient}/letters`);
  await page.getByText("県立みどり野病院").first().waitFor();
  await picture(page, "letter-list");
  assert.deepEqual(complaints, []);
  await context.close();
});

test("a referral to a known destination takes four presses or eight keys", async () => {
  for (const way of ["mouse", "keys"]) {
    const { page, context } = await openAs(clinic, "doctor");
    await page.goto(clinic.ready.url + visit);
    const hand = new Hand(page, way);
    await page.locator("a[data-key=l]").waitFor();
    await counting(hand, "referral to a known destination", async () => {
      if (hand.byKeys) {
        await page.locator("#main").focus();
        await hand.key("l");
        await page.locator("button[data-key='1']").waitFor();
        await hand.key("1");
      } else {
        await hand.press(page.locator("a[data-key=l]"));
        await hand.press(page.locator("button[data-key='1']"));
      }
      const purpose = page.getByRole("textbox", { name: "紹介目的" });
      await purpose.waitFor();
      // The text itself is not counted; the field is reached by the press of the finding or by the mouse.
      await purpose.fill("精査をお願いいたします。");
      await settled(page);
      if (hand.byKeys) await hand.key("Alt+1");
      else await hand.press(page.getByRole("button", { name: /今、口頭で同意/ }));
      await page.locator("[value='consent.oral'][aria-pressed=true]").waitFor();
      if (hand.byKeys) await hand.key("Control+Enter");
      else await hand.press(page.locator("[data-finish]"));
      await page.getByText("紙で発行").first().waitFor();
    });
    await context.close();
  }
});

test("without script the composer works by its buttons", async () => {
  const { page, context } = await openAs(clinic, "doctor", LAPTOP, { javaScriptEnabled: false });
  await page.goto(`${clinic.ready.url}/p/${patient}/letters/new`);
  await page.locator("button[data-key='1']").click();
  await page.getByRole("textbox", { name: "紹介目的" }).fill("精査をお願いいたします。");
  await page.getByRole("button", { name: /今、口頭で同意/ }).click();
  assert.equal(await page.getByRole("textbox", { name: "紹介目的" }).inputValue(), "精査をお願いいたします。", "what was typed goes with the press");
  await page.getByRole("button", { name: /確定して印刷へ/ }).click();
  await page.getByText("紙で発行").first().waitFor();
  await context.close();
});

test("a referral is read and taken into the chart by one press", async () => {
  await arrive("rx-mouse", { of: patient });
  await arrive("rx-keys", { of: patient });
  for (const way of ["mouse", "keys"]) {
    const { page, context, complaints } = await openAs(clinic, "doctor");
    await page.goto(`${clinic.ready.url}/inbox`);
    const hand = new Hand(page, way);
    await page.goto(`${clinic.ready.url}/inbox/rx-${way}`);
    await page.getByText("カルテへ取り込む").first().waitFor();
    if (way === "mouse") {
      await picture(page, "inbox");
      await isAccessible(page, "the inbox");
      assert.deepEqual(await looks(page), []);
      for (const [name, size] of [["tablet", TOUCH], ["portrait", UPRIGHT]]) {
        await page.setViewportSize(size);
        await picture(page, `inbox-${name}`);
        assert.deepEqual(await looks(page), [], name);
      }
      await page.setViewportSize(LAPTOP);
      const tick = page.locator("[name=item]:checked").first();
      const word = () => page.locator("[data-count] span:not(.kbd)").textContent();
      const before = parseInt(await word(), 10);
      await tick.uncheck();
      assert.equal(parseInt(await word(), 10), before - 1);
      await tick.check();
      const original = await page.request.get(`${page.url()}/original`);
      assert.match(original.headers()["content-type"], /^text\/plain/);
    }
    await counting(hand, "import a referral", async () => {
      if (hand.byKeys) await hand.key("e");
      else await hand.press(page.locator("[data-key=e]"));
      await page.getByText("確認済みにしました").waitFor();
    });
    assert.deepEqual(complaints, []);
    await context.close();
  }
  const { entry } = await clinic.fhir(`MedicationStatement?subject=Patient/${patient}`);
  assert.ok(entry.some(({ resource }) => resource.medicationCodeableConcept.text === "エドキサバン錠30mg"), "他院の薬");
});

test("reception says whose a document is", async () => {
  const who = (await clinic.fhir(`Patient/${patient}`));
  const written = (wanted) => who.name.find((n) => n.extension?.some((e) => e.valueCode === wanted));
  const text = (n) => n.text ?? `${n.family} ${n.given[0]}`;
  for (const way of ["mouse", "keys"]) {
    const id = `rx-whose-${way}`;
    await arrive(id, { name: text(written("IDE")), kana: text(written("SYL")), birth: who.birthDate, gender: who.gender });
    const { page, context } = await openAs(clinic, "clerk");
    await page.goto(`${clinic.ready.url}/reception`);
    const hand = new Hand(page, way);
    await counting(hand, "match a patient", async () => {
      if (hand.byKeys) {
        await hand.key("g");
        await hand.key("i");
      } else await hand.press(page.locator(".rail a[href='/inbox']"));
      await page.locator("button[data-key='1']").waitFor();
      if (way === "mouse") {
        await picture(page, "inbox-match");
        await isAccessible(page, "whose it is");
        await hand.press(page.locator("button[data-key='1']"));
      } else await hand.key("1");
      await page.waitForURL(/box=unmatched/);
    });
    await context.close();
  }
});

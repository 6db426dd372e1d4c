// The tasks of a clinic's day, counted: with the mouse at 1366×768, by keys alone, and with a finger at 1180×820. What is
// wanted stands in WANTED; a count above it fails. The counts are printed, and docs/usability.md shows them.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { LAPTOP, openAs, openClinic, TOUCH } from "../clinic.mjs";
import { Hand } from "../hand.mjs";
import { shifts, watchShifts } from "../looks.mjs";

// Presses of mouse or finger, and command keys.
const WANTED = {
  "call the next patient and have the chart open": [1, 1],
  "vital signs from one line": [1, 2],
  "add a drug used before": [2, 4],
  "Do of the last prescription, with its differences": [1, 2],
  "Do and one dose changed": [3, 7],
  "a new drug in one shorthand line": [2, 4],
  "a disease name with its modifier": [1, 3],
  "a set of tests for the next visit": [2, 4],
  "book the return visit": [1, 2],
  "finish the visit": [1, 2],
  "a whole follow-up visit": [12, 18],
};
const SET = "定期の採血";

// One patient for the single tasks and one for the whole visit, each way its own.
const WAYS = [
  { way: "mouse", viewport: LAPTOP, options: {}, tasks: "藤田 和彦", visit: "谷口 文子" },
  { way: "keys", viewport: LAPTOP, options: {}, tasks: "小川 トミ", visit: "村上 千鶴" },
  { way: "touch", viewport: TOUCH, options: { hasTouch: true, isMobile: true }, tasks: "福田 隆", visit: "石井 香織" },
];

let clinic;
const visits = new Map(); // by name of the patient: { visit, patient }
const counted = new Map(Object.keys(WANTED).map((task) => [task, {}]));

before(async () => {
  clinic = await openClinic();
  await receiveAll();
  await makeSet();
});
after(async () => {
  report();
  await clinic?.close();
});

// Everybody with an appointment has come.
async function receiveAll() {
  const { page, context } = await openAs(clinic, "clerk");
  await page.goto(`${clinic.ready.url}/reception?status=expected`);
  const rows = page.locator(".rc-t tbody tr");
  for (let left = await rows.count(); left > 0; left -= 1) {
    await rows.getByRole("button", { name: /受付する/ }).first().click();
    await page.waitForFunction((n) => document.querySelectorAll(".rc-t tbody tr").length < n, left);
  }
  await page.goto(`${clinic.ready.url}/reception`);
  for (const row of await page.locator("tr[data-visit]").all()) {
    visits.set(await row.locator(".rc-pick").textContent(), { visit: await row.getAttribute("data-visit") });
  }
  await context.close();
  const { entry } = await clinic.fhir("Encounter?status=arrived,in-progress&_count=60");
  for (const { resource } of entry) {
    for (const known of visits.values()) if (known.visit === resource.id) known.patient = resource.subject.reference.split("/")[1];
  }
}

async function makeSet() {
  const { page, context } = await openAs(clinic, "admin");
  await page.goto(`${clinic.ready.url}/settings/sets`);
  await page.getByLabel("新しいセットの名前").fill(SET);
  await page.getByRole("button", { name: "セットを作る" }).click();
  await page.getByRole("heading", { level: 2, name: SET }).waitFor();
  for (const typed of ["hba1c", "ast"]) {
    await page.getByLabel("探すもの").selectOption("lab");
    await page.getByRole("combobox", { name: /名前の一部で探す/ }).fill(typed);
    await page.locator(".pop [role=option]").first().click();
    await page.getByText("を加えました").waitFor();
  }
  await context.close();
}

// The head of the name of a drug that the patient had.
async function drugHead(patient) {
  const { entry } = await clinic.fhir(`MedicationRequest?subject=Patient/${patient}&_sort=-authoredon&_count=30`);
  const heads = entry.map((e) => e.resource.medicationCodeableConcept.text.normalize("NFKC").match(/^(?:【般】)?([ァ-ヶー]{4,}?)(?=塩酸塩|酸塩|ナトリウム|カルシウム|口腔|錠|カプセル)/u)?.[1]);
  return heads.find(Boolean);
}

const drugs = (page) => page.locator("#orders .rx:not(.is-out) .rx-d").count();

async function counting(hand, task, act) {
  hand.begin();
  await act();
  assert.deepEqual(await shifts(hand.page), [], `${task}: nothing moves by itself`);
  note(hand, task);
}

function note(hand, task) {
  const wanted = WANTED[task][hand.byKeys ? 1 : 0];
  counted.get(task)[hand.way] = { count: hand.count, letters: hand.letters, ends: hand.ends };
  assert.ok(hand.count <= wanted, `${task}, ${hand.way}: ${hand.count} presses, wanted ${wanted}`);
}

function report() {
  console.log("# task | wanted | mouse | keys | touch");
  for (const [task, found] of counted) {
    const of = (way) => (found[way] ? `${found[way].count}${found[way].ends ? `+${found[way].ends}↵` : ""}` : "–");
    console.log(`# ${task} | ${WANTED[task].join("/")} | ${of("mouse")} | ${of("keys")} | ${of("touch")}`);
  }
}

// Steps of the day. Each begins where the one before may have left the screen, and waits for what it brings.

async function call(hand) {
  if (hand.byKeys) await hand.key("Enter");
  else await hand.press(hand.page.locator("#reception-card").getByRole("button", { name: "呼び出してカルテを開く" }));
  await hand.page.waitForURL(/\/p\//);
  await hand.page.locator("#note").waitFor();
}

const saved = (page, section) => page.waitForFunction((s) => {
  const field = document.querySelector(`#note-form [data-section=${s}]`);
  return field.form.elements[`${s}_base`].value === field.value && field.value !== "";
}, section);

// By keys: Alt+↓ from the top of the record, as often as the section stands below it.
async function write(hand, section, text, steps) {
  if (hand.byKeys) await hand.key("Alt+ArrowDown", steps);
  else await hand.press(hand.page.locator(`#note-form [data-section=${section}]`));
  await hand.write(text);
}

async function vitals(hand, steps) {
  await write(hand, "V", "138/82 72 71.2 36.5", steps);
  await saved(hand.page, "V");
  await hand.page.locator("#vit", { hasText: "138" }).waitFor();
}

async function repeatLast(hand) {
  if (hand.byKeys) await hand.key("Alt+y");
  else await hand.press(hand.page.getByRole("button", { name: /前回Do/ }));
  await hand.page.getByText(/剤を写しました/).waitFor();
  await hand.page.getByText(/の Do から/).waitFor();
}

// Two tablets instead of one, of a drug that may be given so: a dose above the usual would ask for a reason.
async function changeDose(hand) {
  const lines = hand.page.locator("#orders .rx:not(.is-out) .rx-d");
  const usual = lines.filter({ hasText: /アムロジピン|アトルバスタチン/ });
  const dose = (await usual.count() ? usual : lines).first().locator("input[name=dose]");
  const other = (await dose.inputValue()) === "2" ? "1" : "2";
  if (hand.byKeys) {
    await hand.key("ArrowDown"); // from the field that waits for the next drug to the first number
    for (let n = 0; n < 8 && !(await dose.evaluate((e) => e === document.activeElement)); n += 1) await hand.key("ArrowDown");
  } else {
    await hand.press(dose);
  }
  assert.ok(await dose.evaluate((e) => e === document.activeElement));
  await hand.write(other);
  await hand.enter();
  await hand.page.getByText("1回量を変えました").waitFor();
  await hand.page.locator("#orders .rx-d", { hasText: /増量|減量/ }).first().waitFor();
}

async function typeDrug(hand, line, answer) {
  const field = hand.page.locator("#orders input[data-key=r]");
  if (hand.byKeys) await hand.key("r");
  else await hand.press(field);
  await hand.write(line);
  await hand.page.locator("#orders .od-add [data-answer]", { hasText: answer }).waitFor();
}

async function take(hand) {
  if (hand.byKeys) {
    await hand.page.locator("#orders .od-add [role=option][aria-selected=true]").waitFor();
    await hand.enter();
  } else {
    await hand.press(hand.page.locator("#orders .od-add [role=option]").first());
  }
}

async function orderSet(hand) {
  const set = hand.page.locator("#rq-take").getByRole("button", { name: SET });
  if (hand.byKeys) {
    await hand.key("t");
    await hand.key("Tab");
    assert.ok(await set.evaluate((e) => e === document.activeElement), "the set is the next to press");
    await hand.key("Enter");
  } else {
    await hand.press(hand.page.locator("#orders summary", { hasText: "追加" }));
    await hand.press(set);
  }
  await hand.page.locator("#orders .tag", { hasText: `${SET} 2項目` }).waitFor();
}

async function addDisease(hand) {
  const before = await hand.page.locator("#problems-block .dx-l > li").count();
  if (hand.byKeys) await hand.key("d");
  else await hand.press(hand.page.locator("#problems-block input[name=q]"));
  await hand.write("みぎ ひざ へんけい");
  await hand.page.locator("#problems-block [role=option][aria-selected=true]").waitFor();
  await hand.enter();
  await hand.page.getByText("右変形性膝関節症 を追加しました").waitFor();
  assert.equal(await hand.page.locator("#problems-block .dx-l > li").count(), before + 1);
}

// The panel of the return visit, where the chart shows it; otherwise on its own page.
async function toPanel(hand, patient) {
  if (!await hand.page.locator("#next-visit").count()) await hand.page.goto(`${clinic.ready.url}/p/${patient}/next-visit`);
  await hand.page.locator("#next-visit form[data-next]").first().waitFor();
}

async function bookReturn(hand) {
  const suggestion = hand.page.locator("#next-visit form[data-next] button").first();
  if (hand.byKeys) await hand.key("Alt+n");
  else await hand.press(suggestion);
  await hand.page.getByText(/^次回 .* を予約しました$/).waitFor();
}

async function finish(hand) {
  if (hand.byKeys) await hand.key("Control+Enter");
  else await hand.press(hand.page.locator("[data-finish]"));
  await hand.page.getByRole("link", { name: /次の患者へ/ }).waitFor();
}

for (const { way, viewport, options, tasks, visit } of WAYS) {
  test(`the tasks, one by one: ${way}`, async () => {
    const { page, context, complaints } = await openAs(clinic, "doctor", viewport, options);
    await watchShifts(context);
    const hand = new Hand(page, way);
    const { patient, visit: id } = visits.get(tasks);
    const chart = async () => {
      await page.goto(`${clinic.ready.url}/p/${patient}`);
      await page.locator("#note").waitFor();
    };

    await page.goto(`${clinic.ready.url}/reception`);
    const next = await page.locator("tbody", { hasText: "診察待ち" }).locator(".rc-pick").first().textContent();
    await counting(hand, "call the next patient and have the chart open", () => call(hand));
    assert.equal(await page.locator(".pt-name b").textContent(), next, "the one who has waited longest");

    // The patient of the other tasks is called, if nobody has yet.
    await page.goto(`${clinic.ready.url}/reception?v=${id}`);
    const waits = page.locator("#reception-card").getByRole("button", { name: "呼び出してカルテを開く" });
    if (await waits.count()) {
      await waits.click();
      await page.waitForURL(/\/p\//);
    }

    await chart();
    await counting(hand, "vital signs from one line", () => vitals(hand, 2));

    await chart();
    const head = await drugHead(patient);
    await counting(hand, "add a drug used before", async () => {
      await typeDrug(hand, head, head);
      await take(hand);
      // How it was taken last time stands there; the caret is on the days.
      await page.locator("#orders .od-e input[name=days]:focus").waitFor();
      await hand.write("28");
      await hand.enter();
      await page.locator("#orders .toasts", { hasText: "を加えました" }).waitFor();
    });
    assert.equal(await drugs(page), 1);
    await page.locator("#orders .toasts").getByRole("button", { name: "元に戻す" }).click();
    await page.getByText("元に戻しました").waitFor();

    await chart();
    await counting(hand, "Do of the last prescription, with its differences", () => repeatLast(hand));
    assert.ok(await drugs(page) >= 1);
    await page.locator("#orders .toasts").getByRole("button", { name: "元に戻す" }).click();
    await page.getByText("元に戻しました").waitFor();

    await chart();
    await counting(hand, "Do and one dose changed", async () => {
      await repeatLast(hand);
      await changeDose(hand);
    });

    await chart();
    const had = await drugs(page);
    await counting(hand, "a new drug in one shorthand line", async () => {
      await typeDrug(hand, "かろなーる 2T 頓 発熱時 10回", /発熱時.*10回/);
      await take(hand);
      await page.locator("#orders .toasts", { hasText: "を加えました" }).waitFor();
    });
    assert.equal(await drugs(page), had + 1);

    await chart();
    await counting(hand, "a disease name with its modifier", () => addDisease(hand));

    await chart();
    await counting(hand, "a set of tests for the next visit", () => orderSet(hand));

    await chart();
    await toPanel(hand, patient);
    await counting(hand, "book the return visit", () => bookReturn(hand));

    await chart();
    await write(hand, "P", "次回採血", 5);
    await saved(page, "P");
    await answerAll(page);
    await chart();
    await counting(hand, "finish the visit", () => finish(hand));

    assert.deepEqual(complaints, []);
    await context.close();
  });

  test(`a whole follow-up visit: ${way}`, async () => {
    const { page, context, complaints } = await openAs(clinic, "doctor", viewport, options);
    await watchShifts(context);
    const hand = new Hand(page, way);
    const { patient, visit: id } = visits.get(visit);
    await page.goto(`${clinic.ready.url}/reception?v=${id}`);
    hand.begin();
    await call(hand);
    await orderSet(hand);
    await repeatLast(hand);
    await changeDose(hand);
    await write(hand, "S", "変わりなし。めまいなし", 1);
    await vitals(hand, 1);
    await write(hand, "P", "増量して4週後に再診", 3);
    await saved(page, "P");
    const together = await page.locator("#next-visit").count() > 0;
    if (together) {
      await toPanel(hand, patient);
      await bookReturn(hand);
    }
    await finish(hand);
    if (!together) {
      await toPanel(hand, patient);
      await bookReturn(hand);
    }
    note(hand, "a whole follow-up visit");
    assert.deepEqual(await shifts(page), []);
    const state = (await clinic.fhir(`Encounter/${id}`)).status;
    assert.equal(state, "onleave", "waits to pay");
    assert.deepEqual(complaints, []);
    await context.close();
  });
}

// Findings that need a reason before the visit can end are answered, each by its first one-tap reason.
async function answerAll(page) {
  const open = page.locator("#orders .od-why");
  for (let left = await open.count(); left > 0; left -= 1) {
    await open.first().locator("summary").click();
    await open.first().getByRole("button").first().click();
    await page.waitForFunction((n) => document.querySelectorAll("#orders .od-why").length < n, left);
  }
}

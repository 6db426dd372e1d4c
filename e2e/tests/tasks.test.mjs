// The tasks of a clinic's day, counted: with the mouse at 1366×768, by keys alone, and with a finger at 1180×820. What is
// wanted stands in WANTED; a count above it fails. The counts are printed, and docs/usability.md shows them.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { LAPTOP, openAs, openClinic, TOUCH } from "../clinic.mjs";
import { bookByTelephone, done, measure, paid, receiveBooked, receiveKnown, registerNew } from "../desk.mjs";
import { addDisease, answerAll, bookReturn, call, changeDose, drugHead, drugs, finish, orderSet, repeatLast, saved, SET, take, toPanel, typeDrug, vitals, write } from "../doctor.mjs";
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
  "receive somebody with an appointment": [1, 3],
  "receive somebody known, without an appointment": [3, 3],
  "register somebody new and receive": [7, 13],
  "book for somebody on the telephone": [2, 3],
  "close a visit that was paid": [1, 2],
  "vital signs by the nurse, from the list": [3, 4],
  "a specimen taken": [1, 5],
};

// One patient for the single tasks and one for the whole visit, each way its own.
const WAYS = [
  { way: "mouse", viewport: LAPTOP, options: {}, booked: "谷口 文子", waits: "中野 陽向", test: "クレアチニン", tasks: "藤田 和彦", visit: "谷口 文子" },
  { way: "keys", viewport: LAPTOP, options: {}, booked: "村上 千鶴", waits: "伊藤 直人", test: "グリコヘモグロビンA1c(NGSP)", tasks: "小川 トミ", visit: "村上 千鶴" },
  { way: "touch", viewport: TOUCH, options: { hasTouch: true, isMobile: true }, booked: "石井 香織", waits: "渡辺 麻由美", test: "AST", tasks: "福田 隆", visit: "石井 香織" },
];

let clinic;
const visits = new Map(); // by name of the patient: { visit, patient }
const counted = new Map(Object.keys(WANTED).map((task) => [task, {}]));

let people; // of the clinic's past, by name
let absent; // those of them who are not expected today

before(async () => {
  clinic = await openClinic();
  await knowPeople();
  await orderForToday();
  await makeSet();
});
after(async () => {
  report();
  await clinic?.close();
});

async function knowPeople() {
  const { entry } = await clinic.fhir("Patient?_count=200");
  const all = entry.map((e) => e.resource).filter((p) => p.name?.[1] && p.identifier);
  people = new Map(all.map((p) => [`${p.name[0].family} ${p.name[0].given[0]}`, { number: p.identifier[0].value, kana: p.name[1].family }]));
  const { page, context } = await openAs(clinic, "clerk");
  const here = new Set(await page.locator(".rc-pick").allTextContents());
  await page.goto(`${clinic.ready.url}/reception?status=expected`);
  const list = await page.locator(".rc-t").textContent();
  absent = [...people.keys()].filter((name) => !here.has(name) && !list.includes(name)).map(named);
  await context.close();
}

const named = (name) => ({ name, ...people.get(name) });

// Three tests for the list of work.
async function orderForToday() {
  const { page, context } = await openAs(clinic, "doctor");
  await page.locator("#reception-card").getByRole("link", { name: "カルテを開く", exact: true }).click();
  await page.locator("#note").waitFor();
  await page.goto(`${clinic.ready.url}${await page.locator("#note").getAttribute("data-note")}/requests`);
  for (const { test: name } of WAYS) {
    await page.getByRole("radio", { name: "今日" }).check();
    await page.getByRole("combobox", { name: /名前の一部で探す/ }).fill(name.split("(")[0]);
    await page.locator(".pop [role=option]").first().click();
    await page.getByText(`${name} を加えました`).waitFor();
  }
  await context.close();
}

// Everybody else with an appointment has come, before the doctor begins.
let received;
const everybodyIsHere = () => (received ??= receiveAll());
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

for (const [n, { way, viewport, options, booked, waits, test: taken }] of WAYS.entries()) {
  test(`the tasks of the desk and of the nurse: ${way}`, async () => {
    const desk = await openAs(clinic, "clerk", viewport, options);
    await watchShifts(desk.context);
    const at = async (hand, path) => { await hand.page.goto(clinic.ready.url + path); };
    const clerk = new Hand(desk.page, way);
    await at(clerk, "/reception?status=expected");
    await counting(clerk, "receive somebody with an appointment", () => receiveBooked(clerk, named(booked)));
    await at(clerk, "/reception");
    await counting(clerk, "receive somebody known, without an appointment", () => receiveKnown(clerk, absent[n]));
    await at(clerk, "/reception");
    const somebody = { family: "試験", given: ["一子", "二子", "三子"][n], kana: `しけん ${["いちこ", "にこ", "みこ"][n]}`, birth: `S6${n}.5.${n + 2}` };
    await counting(clerk, "register somebody new and receive", () => registerNew(clerk, somebody));
    await at(clerk, "/appointments");
    await counting(clerk, "book for somebody on the telephone", () => bookByTelephone(clerk, absent[n + WAYS.length]));
    await at(clerk, "/reception?status=payment");
    await counting(clerk, "close a visit that was paid", () => paid(clerk));
    assert.deepEqual(desk.complaints, []);
    await desk.context.close();

    const ward = await openAs(clinic, "nurse", viewport, options);
    await watchShifts(ward.context);
    const nurse = new Hand(ward.page, way);
    await at(nurse, "/reception");
    await counting(nurse, "vital signs by the nurse, from the list", () => measure(nurse, named(waits)));
    await saved(nurse.page, "V");
    await at(nurse, "/worklist");
    await counting(nurse, "a specimen taken", () => done(nurse, taken));
    assert.deepEqual(ward.complaints, []);
    await ward.context.close();
  });
}

for (const { way, viewport, options, tasks, visit } of WAYS) {
  test(`the tasks, one by one: ${way}`, async () => {
    await everybodyIsHere();
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
    const head = await drugHead(clinic, patient);
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
    await toPanel(hand, clinic, patient);
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
    await everybodyIsHere();
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
      await toPanel(hand, clinic, patient);
      await bookReturn(hand);
    }
    await finish(hand);
    if (!together) {
      await toPanel(hand, clinic, patient);
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

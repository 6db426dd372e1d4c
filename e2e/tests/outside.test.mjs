// What other institutions registered: the patient's consent, the six kinds on one page, the same in the course.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { isAccessible, LAPTOP, openAs, openClinic, picture, TOUCH, UPRIGHT } from "../clinic.mjs";
import { looks } from "../looks.mjs";

const NEIGHBOURS = ["架空市民病院", "架空皮膚科クリニック", "架空整形外科医院"];

let clinic;
let patient;

before(async () => {
  clinic = await openClinic();
  // Somebody who is here and whose card says everything.
  const { entry } = await clinic.fhir("Encounter?status=arrived,in-progress&_count=50");
  for (const { resource } of entry) {
    const id = resource.subject.reference.split("/")[1];
    const cards = (await clinic.fhir(`Coverage?beneficiary=${id}&status=active`)).entry ?? [];
    if (cards.some((card) => JSON.stringify(card).includes("JP_Coverage_InsuredPersonSubNumber"))) patient = id;
    if (patient) break;
  }
  assert.ok(patient, "an insured patient is here");
});
after(() => clinic?.close());

test("what three institutions registered stands on one page and in the course", async () => {
  const { page, context, complaints } = await openAs(clinic, "doctor");
  await page.goto(`${clinic.ready.url}/p/${patient}`);
  await page.getByRole("link", { name: "ほかの医療機関の記録を1ページで見る" }).click();
  await page.getByRole("heading", { name: "他院の情報（6情報）" }).waitFor();
  const consent = page.getByRole("checkbox", { name: /診療情報の閲覧に同意した/ });
  assert.equal(await consent.isChecked(), false, "unselected until somebody says so");
  await isAccessible(page, "before the consent");
  await page.getByRole("button", { name: "同意を記録して照会" }).click();
  await page.getByText("印を付けてください").waitFor();
  assert.equal(await page.getByText(NEIGHBOURS[0]).count(), 0);
  await consent.check();
  await page.getByRole("button", { name: "同意を記録して照会" }).click();
  // The page comes again by itself when the answer is there.
  await page.getByText("3施設・").first().waitFor({ timeout: 30_000 });
  for (const name of NEIGHBOURS) assert.ok(await page.locator(".os-s", { hasText: name }).count(), name);
  for (const name of ["薬剤アレルギー・薬剤禁忌", "その他のアレルギー", "感染症", "傷病名", "処方", "検査"]) {
    assert.ok(await page.locator("section", { has: page.getByRole("heading", { name, exact: true }) }).locator("li").count(), name);
  }
  const infections = page.locator("section", { has: page.getByRole("heading", { name: "感染症", exact: true }) });
  assert.match(await infections.locator("li").first().innerText(), /注意[\s\S]*HCV抗体/, "what was found stands first");
  await picture(page, "outside");
  await isAccessible(page, "the six kinds");
  assert.deepEqual(await looks(page), []);
  for (const [name, size] of [["tablet", TOUCH], ["portrait", UPRIGHT]]) {
    await page.setViewportSize(size);
    await picture(page, `outside-${name}`);
    assert.deepEqual(await looks(page), [], name);
  }
  await page.setViewportSize(LAPTOP);
  await page.goto(`${clinic.ready.url}/p/${patient}`);
  await page.locator(".fil", { hasText: "他院" }).click();
  await page.locator(".tl-o").first().waitFor();
  assert.equal(await page.locator(".tl-v:visible, .tl-l:visible").count(), 0, "only theirs");
  await picture(page, "outside-course");
  await isAccessible(page, "the course with others");
  // The press without the mark is answered with 422, which the browser calls an error.
  assert.deepEqual(complaints.filter((words) => !words.includes("422")), []);
  await context.close();
});

test("a service that is away leaves what was seen, and a consent that is taken back ends the asking", async () => {
  const { page, context } = await openAs(clinic, "doctor");
  const faults = (wanted) => fetch(`${clinic.ready.sandbox}/sim/sharing/faults`, { method: "PUT", headers: { "content-type": "application/json" }, body: JSON.stringify(wanted) });
  await page.goto(`${clinic.ready.url}/p/${patient}/outside`);
  assert.ok((await faults({ maintenance: true })).ok);
  await page.getByRole("button", { name: "他院の情報を再照会" }).click();
  await page.getByText("サービスが応答していません").waitFor({ timeout: 30_000 });
  await page.getByText("に照会した内容を表示しています").waitFor();
  await page.locator(".os-s", { hasText: NEIGHBOURS[2] }).first().waitFor();
  await picture(page, "outside-away");
  assert.ok((await faults({})).ok);
  await page.getByRole("button", { name: "閲覧の同意を取り消す" }).click();
  await page.getByText("閲覧の同意は取り消されています").waitFor();
  assert.equal(await page.getByRole("button", { name: "他院の情報を再照会" }).count(), 0);
  await page.locator(".os-s", { hasText: NEIGHBOURS[2] }).first().waitFor();
  await isAccessible(page, "after the consent");
  await context.close();
});

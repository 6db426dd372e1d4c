// Every screen of the route table at three sizes: axe without violations (WCAG 2.2 A and AA), letters of 12 px and more,
// targets of 24 px and more, nothing wider than its window, nothing the browser complains about. A picture of each. A
// screen is opened once and turned in the hand; what a patient fills in is looked at on a telephone, too.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { complaintsOf, LAPTOP, openAs, openClinic, openPage, PHONE, picture, TOUCH, turnToTouch, UPRIGHT, violations } from "../clinic.mjs";
import { looks } from "../looks.mjs";
import { getRoutes, NO_SCREEN, screens } from "../routes.mjs";

const SIZES = [["laptop", LAPTOP], ["touch", TOUCH], ["upright", UPRIGHT]];
const ON_A_PHONE = ["/intake/{token}"];

let clinic;
let things;

before(async () => {
  clinic = await openClinic();
  things = await prepare();
});
after(async () => { await clinic?.close(); });

// Somebody with years of results who is with the doctor, and for each kind of thing one that can be opened.
async function prepare() {
  const { entry } = await clinic.fhir("Observation?code=3D046000001927101&_count=1");
  const patient = entry[0].resource.subject.reference.split("/")[1];
  const { page, context } = await openAs(clinic, "doctor");
  const to = async (path) => { await page.goto(clinic.ready.url + path); };
  const hrefOf = (selector) => page.locator(selector).first().getAttribute("href");
  const others = await page.locator("a[href^='/p/'], tr[data-visit]").count();
  assert.ok(others > 1);
  await to(`/p/${patient}`);
  const visit = (await page.locator("#note").getAttribute("data-note")).split("/").at(-1);
  await page.getByRole("button", { name: /前回Do/ }).click();
  const line = await hrefOf("#orders a[data-part]");
  const problem = await hrefOf("#problems-block .dx-l a.t-b");
  // A request for today waits on the list of work.
  await to(`/p/${patient}/v/${visit}/requests`);
  await page.getByRole("radio", { name: "今日" }).check();
  await page.getByRole("combobox", { name: /名前の一部で探す/ }).fill("hba1c");
  await page.locator(".pop [role=option]").first().click();
  await page.getByText("を加えました").waitFor();
  await to(`/p/${patient}/schema/knee`);
  const box = await page.locator("[data-paper]").boundingBox();
  await page.mouse.move(box.x + 80, box.y + 80);
  await page.mouse.down();
  await page.mouse.move(box.x + 160, box.y + 120);
  await page.mouse.up();
  await page.locator("[name=caption]").fill("右膝内側に圧痛");
  await page.getByRole("button", { name: "記録に保存" }).click();
  await page.waitForURL(/documents\/[^/]+$/);
  const document = new URL(page.url()).pathname;
  const past = (await clinic.fhir(`Composition?subject=Patient/${patient}&_count=1`)).entry[0].resource;
  const confirmed = `/p/${patient}/v/${past.encounter.reference.split("/")[1]}`;
  await to(`/p/${patient}/letters/new`);
  await page.getByRole("button", { name: /宛先はあとで選ぶ/ }).click();
  await page.locator("form.paper").waitFor();
  const letter = new URL(page.url()).pathname;
  await context.close();

  const desk = await openAs(clinic, "clerk");
  const here = new Set(await desk.page.locator("tr[data-visit] .rc-pick").allTextContents());
  const everybody = (await clinic.fhir("Patient?_count=60")).entry.map((e) => e.resource);
  const other = everybody.find((p) => p.id !== patient && p.identifier && !here.has(`${p.name[0].family} ${p.name[0].given[0]}`)).id;
  await desk.page.getByRole("button", { name: "問診を渡す" }).first().click();
  const intake = new URL(await desk.page.locator(".in-u").textContent()).pathname;
  await desk.context.close();

  const work = await openAs(clinic, "nurse");
  await work.page.goto(`${clinic.ready.url}/worklist`);
  const lab = await work.page.locator("a[href$='/result']").first().getAttribute("href");
  await work.context.close();

  const admin = await openAs(clinic, "admin");
  await admin.page.goto(`${clinic.ready.url}/settings/people`);
  const person = await admin.page.locator("main a[href^='/settings/people/']:not([href$='/new'])").first().getAttribute("href");
  await admin.page.goto(`${clinic.ready.url}/settings/sets`);
  await admin.page.getByLabel("新しいセットの名前").fill("糖尿病の検査");
  await admin.page.getByRole("button", { name: "セットを作る" }).click();
  await admin.page.getByRole("heading", { level: 2, name: "糖尿病の検査" }).waitFor();
  const set = new URL(admin.page.url()).pathname;
  await admin.context.close();
  return { patient, other, visit, confirmed, line, problem, document, lab, person, set, intake, letter };
}

test("the walk leaves no screen of the route table out", () => {
  const reached = screens(things);
  const routes = getRoutes();
  assert.deepEqual(routes.filter((route) => !(route in reached) && !(route in NO_SCREEN)), [], "routes that nobody walks");
  assert.deepEqual([...Object.keys(reached), ...Object.keys(NO_SCREEN)].filter((route) => !routes.includes(route)), [], "routes that are gone");
});

test("every screen is whole, legible and accessible at every size", async () => {
  const faults = [];
  const all = Object.entries(screens(things));
  for (const role of new Set(all.map(([, [who]]) => who))) {
    const { context } = role === "nobody" ? await openPage(clinic) : await openAs(clinic, role);
    await context.addInitScript(() => { window.print = () => {}; });
    for (const [route, [who, path]] of all) {
      if (who !== role) continue;
      const page = await context.newPage();
      const complaints = complaintsOf(page);
      const answer = await page.goto(clinic.ready.url + path);
      if (answer.status() !== 200) faults.push(`${route}: answers ${answer.status()}`);
      const sizes = ON_A_PHONE.includes(route) ? [...SIZES, ["phone", PHONE]] : SIZES;
      for (const [name, viewport] of sizes) {
        if (viewport !== LAPTOP) await turnToTouch(page, viewport);
        const found = [...await looks(page), ...await violations(page), ...complaints.splice(0)];
        faults.push(...found.map((fault) => `${route}, ${name}: ${fault}`));
        await picture(page, `${name}${route.replace(/[^a-z]+/g, "-").replace(/-$/, "")}`);
      }
      await page.close();
    }
    await context.close();
  }
  assert.deepEqual(faults, []);
});

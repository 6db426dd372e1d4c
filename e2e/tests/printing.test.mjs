// 処方箋 on paper: the button of the orders gives a PDF with what was ordered.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { after, before, test } from "node:test";
import { isAccessible, openAs, openClinic, picture } from "../clinic.mjs";

let clinic;
before(async () => { clinic = await openClinic(); });
after(async () => { await clinic?.close(); });

const words = (pdf) => {
  const folder = mkdtempSync(path.join(tmpdir(), "karute-pdf-"));
  try {
    const file = path.join(folder, "form.pdf");
    writeFileSync(file, pdf);
    return execFileSync("pdftotext", ["-raw", file, "-"], { encoding: "utf8" }).replaceAll(/\s/g, "");
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
};

test("a confirmed prescription is printed from its orders", async () => {
  const found = await clinic.fhir("MedicationRequest?status=active&_sort=-authoredon&_count=20");
  const order = found.entry.map((entry) => entry.resource).find((one) => one.requester && one.encounter);
  const patient = order.subject.reference.split("/")[1];
  const visit = order.encounter.reference.split("/")[1];
  const { page, context } = await openAs(clinic, "doctor");
  await page.goto(`${clinic.ready.url}/p/${patient}/v/${visit}/orders`);
  const link = page.getByRole("link", { name: /処方箋を印刷/ });
  await link.waitFor();
  await picture(page, "printing-orders");
  const answer = await page.request.get(clinic.ready.url + await link.getAttribute("href"));
  assert.equal(answer.status(), 200);
  assert.equal(answer.headers()["content-type"], "application/pdf");
  const text = words(await answer.body());
  const drug = order.medicationCodeableConcept.text.normalize("NFKC").replaceAll(/\s/g, "");
  assert.ok(text.normalize("NFKC").includes(drug), `${drug} in ${text}`);
  for (const word of ["処方箋", "以下余白", "みどり内科クリニック", "保険医氏名"]) assert.ok(text.includes(word), word);
  await context.close();
});

test("an administrator says where the clinic is", async () => {
  const { page, context, complaints } = await openAs(clinic, "admin");
  await page.goto(`${clinic.ready.url}/settings/clinic`);
  await page.getByLabel("郵便番号").fill("１０００００１");
  await page.getByLabel(/電話番号/).fill("03-1234-5678");
  await page.getByRole("button", { name: "登録する", exact: true }).click();
  await page.getByText("所在地と連絡先を登録しました").waitFor();
  assert.equal(await page.getByLabel("郵便番号").inputValue(), "100-0001");
  await isAccessible(page, "settings/clinic");
  await picture(page, "printing-contact");
  assert.deepEqual(complaints, []);
  await context.close();
});

// Steps of the doctor's day, by mouse, by keys alone or with a finger. Each begins where the one before may have left the
// screen, and waits for what it brings.
import assert from "node:assert/strict";

export const SET = "定期の採血";

// The head of the name of a drug that the patient had.
export async function drugHead(clinic, patient) {
  const { entry } = await clinic.fhir(`MedicationRequest?subject=Patient/${patient}&_sort=-authoredon&_count=30`);
  const heads = entry.map((e) => e.resource.medicationCodeableConcept.text.normalize("NFKC").match(/^(?:【般】)?([ァ-ヶー]{4,}?)(?=塩酸塩|酸塩|ナトリウム|カルシウム|口腔|錠|カプセル)/u)?.[1]);
  return heads.find(Boolean);
}

export const drugs = (page) => page.locator("#orders .rx:not(.is-out) .rx-d").count();

export async function call(hand) {
  if (hand.byKeys) await hand.key("Enter");
  else await hand.press(hand.page.locator("#reception-card").getByRole("button", { name: "呼び出してカルテを開く" }));
  await hand.page.waitForURL(/\/p\//);
  await hand.page.locator("#note").waitFor();
}

export const saved = (page, section) => page.waitForFunction((s) => {
  const field = document.querySelector(`#note-form [data-section=${s}]`);
  return field.form.elements[`${s}_base`].value === field.value && field.value !== "";
}, section);

// By keys: Alt+↓ from the top of the record, as often as the section stands below it.
export async function write(hand, section, text, steps) {
  if (hand.byKeys) await hand.key("Alt+ArrowDown", steps);
  else await hand.press(hand.page.locator(`#note-form [data-section=${section}]`));
  await hand.write(text);
}

export async function vitals(hand, steps) {
  await write(hand, "V", "138/82 72 71.2 36.5", steps);
  await saved(hand.page, "V");
  await hand.page.locator("#vit", { hasText: "138" }).waitFor();
}

export async function repeatLast(hand) {
  if (hand.byKeys) await hand.key("Alt+y");
  else await hand.press(hand.page.getByRole("button", { name: /前回Do/ }));
  await hand.page.getByText(/剤を写しました/).waitFor();
  await hand.page.getByText(/の Do から/).waitFor();
}

// Two tablets instead of one, of a drug that may be given so: a dose above the usual would ask for a reason.
export async function changeDose(hand) {
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

export async function typeDrug(hand, line, answer) {
  const field = hand.page.locator("#orders input[data-key=r]");
  if (hand.byKeys) await hand.key("r");
  else await hand.press(field);
  await hand.write(line);
  await hand.page.locator("#orders .od-add [data-answer]", { hasText: answer }).waitFor();
}

export async function take(hand) {
  if (hand.byKeys) {
    await hand.page.locator("#orders .od-add [role=option][aria-selected=true]").waitFor();
    await hand.enter();
  } else {
    await hand.press(hand.page.locator("#orders .od-add [role=option]").first());
  }
}

export async function orderSet(hand) {
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

export async function addDisease(hand) {
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
export async function toPanel(hand, clinic, patient) {
  if (!await hand.page.locator("#next-visit").count()) await hand.page.goto(`${clinic.ready.url}/p/${patient}/next-visit`);
  await hand.page.locator("#next-visit form[data-next]").first().waitFor();
}

export async function bookReturn(hand) {
  const suggestion = hand.page.locator("#next-visit form[data-next] button").first();
  if (hand.byKeys) await hand.key("Alt+n");
  else await hand.press(suggestion);
  await hand.page.getByText(/^次回 .* を予約しました$/).waitFor();
}

export async function finish(hand) {
  if (hand.byKeys) await hand.key("Control+Enter");
  else await hand.press(hand.page.locator("[data-finish]"));
  await hand.page.getByRole("link", { name: /次の患者へ/ }).waitFor();
}

// Findings that need a reason before the visit can end are answered, each by its first one-tap reason.
export async function answerAll(page) {
  const open = page.locator("#orders .od-why");
  for (let left = await open.count(); left > 0; left -= 1) {
    await open.first().locator("summary").click();
    await open.first().getByRole("button").first().click();
    await page.waitForFunction((n) => document.querySelectorAll("#orders .od-why").length < n, left);
  }
}

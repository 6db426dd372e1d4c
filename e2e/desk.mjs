// Steps of the desk and of the nurse, by mouse, by keys alone or with a finger. Each begins where its screen opens.
import assert from "node:assert/strict";

const button = (place, name) => place.getByRole("button", { name }).first();

// From the list of who is expected: one press. By keys the number on the patient's card finds the appointment, too.
export async function receiveBooked(hand, { name, number }) {
  const { page } = hand;
  if (hand.byKeys) {
    await openReceiving(hand);
    await hand.write(number);
    await page.getByRole("dialog").getByRole("link", { name, exact: true }).waitFor();
    await hand.enter();
    await page.getByRole("dialog").getByRole("button", { name: "受付する" }).waitFor();
    await hand.enter();
    await page.waitForURL("**/reception?**v=*");
  } else {
    const row = page.locator(".rc-t tbody tr", { hasText: name });
    await hand.press(button(row, /受付する/));
    await row.waitFor({ state: "detached" });
  }
}

async function openReceiving(hand) {
  if (hand.byKeys) await hand.key("n");
  else await hand.press(hand.page.getByRole("link", { name: /受付する/ }).first());
  await hand.page.getByRole("dialog", { name: "受付する" }).locator("input[name=q]:focus").waitFor();
}

async function endReceiving(hand, reason) {
  const { page } = hand;
  await page.locator("input[name=reason]:focus").waitFor();
  await hand.write(reason);
  if (hand.byKeys) await hand.enter();
  else await hand.press(page.locator("main, dialog").getByRole("button", { name: /^受付する/ }).last());
  await page.waitForURL("**/reception?**v=*");
}

// Somebody known who comes without an appointment, found by the number.
export async function receiveKnown(hand, { name, number }) {
  await openReceiving(hand);
  await hand.write(number);
  const found = hand.page.getByRole("dialog").getByRole("link", { name, exact: true });
  await found.waitFor();
  if (hand.byKeys) await hand.enter();
  else await hand.press(found);
  await endReceiving(hand, "咳が続く");
  assert.equal(await hand.page.locator("tr.is-on .rc-pick").textContent(), name);
}

// Somebody new: name, reading, birth date and sex, and received. The reading that was searched for is taken over; Enter
// ends each field that is typed and goes on to the next.
export async function registerNew(hand, { family, given, kana, birth }) {
  const { page } = hand;
  await openReceiving(hand);
  await hand.write(kana);
  const begin = button(page, /^新しい患者「/);
  await begin.waitFor();
  if (hand.byKeys) {
    await hand.key("Tab");
    assert.ok(await begin.evaluate((e) => e === document.activeElement));
    await hand.key("Enter");
  } else {
    await hand.press(begin);
  }
  await page.locator("input[name=family]:focus").waitFor();
  await hand.write(family);
  await hand.enter();
  await hand.write(given);
  await hand.enter();
  if (hand.byKeys) await hand.key("Enter", 4); // reading, former name, name of choice
  else await hand.press(page.locator("input[name=birth]"));
  assert.ok(await page.locator("input[name=birth]").evaluate((e) => e === document.activeElement));
  await hand.write(birth);
  const sex = page.locator("select[name=sex]").first();
  if (hand.byKeys) {
    await hand.enter();
    await hand.key("ArrowDown");
  } else {
    hand.clicks += 2; // the list of the browser: opened, and chosen from
    await sex.selectOption("female");
  }
  assert.equal(await sex.inputValue(), "female");
  if (hand.byKeys) await hand.key("Control+Enter");
  else await hand.press(button(page, /^登録して受付へ進む/));
  await page.waitForURL("**/arrive");
  await endReceiving(hand, "はじめて");
  assert.equal(await page.locator("tr.is-on .rc-pick").textContent(), `${family} ${given}`);
}

// From the appointment book, for somebody who calls: the slot is the next free one.
export async function bookByTelephone(hand, { name, number }) {
  const { page } = hand;
  if (hand.byKeys) await hand.key("a");
  else await hand.press(page.locator("a[data-key=a]"));
  await page.locator("input[name=q]:focus").waitFor();
  await hand.write(number);
  await hand.enter();
  await page.locator(".bk-who", { hasText: name }).waitFor();
  const book = button(page, /に予約する$/);
  if (hand.byKeys) {
    assert.ok(await book.evaluate((e) => e === document.activeElement), "the next Enter books");
    await hand.key("Enter");
  } else {
    await hand.press(book);
  }
  await page.getByText("予約しました").waitFor();
}

// From the list of who waits to pay.
export async function paid(hand) {
  const { page } = hand;
  const rows = page.locator("tr[data-visit]");
  const before = await rows.count();
  if (hand.byKeys) {
    await hand.key("j");
    await page.locator("#reception-card .btn-p").waitFor();
    await hand.key("Enter");
  } else {
    await hand.press(button(rows.first(), /終了する/));
  }
  await page.waitForFunction((n) => document.querySelectorAll("tr[data-visit]").length < n, before);
}

// The nurse measures somebody of the list.
export async function measure(hand, { name, kana }) {
  const { page } = hand;
  if (hand.byKeys) {
    await hand.key("Control+k");
    await page.locator("#palette[open] input[name=q]:focus").waitFor();
    await hand.write(kana);
    await page.locator("#palette [role=option][aria-selected=true]", { hasText: name }).waitFor();
    await hand.enter();
  } else {
    await hand.press(page.locator("tr[data-visit] .rc-pick", { hasText: name }));
    await page.locator("#reception-card h2", { hasText: name }).waitFor();
    await hand.press(page.locator("#reception-card").getByRole("link", { name: "カルテを開く", exact: true }));
  }
  await page.locator("#note").waitFor();
  const line = page.locator("#note-form [data-section=V]");
  if (hand.byKeys) {
    for (let n = 0; n < 3 && !(await line.evaluate((e) => e === document.activeElement)); n += 1) await hand.key("Alt+ArrowDown");
  } else {
    await hand.press(line);
  }
  await hand.write("128/76 68 58.2 36.4");
  await page.locator("#vit", { hasText: "128" }).waitFor();
}

// On the list of work: what was taken or done is said so.
export async function done(hand, test) {
  const { page } = hand;
  const said = page.locator("main button", { hasText: `採取した：${test}` });
  if (hand.byKeys) {
    await hand.key("Tab"); // to the content, past the rail
    await hand.key("Enter");
    for (let n = 0; n < 6 && !(await said.evaluate((e) => e === document.activeElement)); n += 1) await hand.key("Tab");
    await hand.key("Enter");
  } else {
    await hand.press(said);
  }
  await said.waitFor({ state: "detached" });
}

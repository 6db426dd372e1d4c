// What a browser does to a chart in an ordinary day: back, reload, a second tab, a locked screen, an input method, a
// network that goes away. Nothing typed is lost and no key does what it was not meant to do.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { finish, isAccessible, LAPTOP, openAs, openClinic, picture, UPRIGHT } from "../clinic.mjs";
import { looks } from "../looks.mjs";

let clinic;
let chart; // the address of somebody who is with the doctor

before(async () => {
  clinic = await openClinic();
  const { page, context } = await openAs(clinic, "doctor");
  await page.locator("#reception-card").getByRole("button", { name: "呼び出してカルテを開く" }).click();
  await page.locator("#note").waitFor();
  chart = page.url();
  await context.close();
});
after(async () => { await clinic?.close(); });

const field = (page, section) => page.locator(`#note-form [data-section=${section}]`);
const known = (page, section) => page.waitForFunction((s) => {
  const typed = document.querySelector(`#note-form [data-section=${s}]`);
  return typed.form.elements[`${s}_base`].value === typed.value;
}, section);

async function doctorAtChart(viewport = LAPTOP, options = {}) {
  const opened = await openAs(clinic, "doctor", viewport, options);
  await opened.page.goto(chart);
  await opened.page.locator("#note").waitFor();
  return opened;
}

// The browser itself reports a request that did not go through; nothing else may be said.
const besidesNetwork = (complaints) => complaints.filter((c) => !/Failed to load resource|ERR_INTERNET_DISCONNECTED/.test(c));

test("reload and back bring the draft as it was typed", async () => {
  const { page, context, complaints } = await doctorAtChart();
  await field(page, "S").fill("のどの違和感が3日");
  await field(page, "O").focus();
  await known(page, "S");
  await page.reload();
  assert.equal(await field(page, "S").inputValue(), "のどの違和感が3日");
  await page.getByRole("link", { name: "受付一覧へ" }).click();
  await page.waitForURL("**/reception");
  await page.goBack();
  await page.locator("#note").waitFor();
  assert.equal(page.url(), chart);
  assert.equal(await field(page, "S").inputValue(), "のどの違和感が3日");
  assert.equal(await page.title(), "カルテ｜Karute", "a projected tab names nobody");
  assert.deepEqual(complaints, []);
  await context.close();
});

// Of what lies in the window, nothing may lie on something else or reach over its edge.
const outside = (page) => page.evaluate(() => [...document.querySelectorAll(".ch-open :is(button, a, input, textarea, h2, h3, b)")]
  .filter((e) => e.checkVisibility() && !e.closest(".vh, details:not([open]) > :not(summary)"))
  .map((e) => [e, e.getBoundingClientRect()])
  .filter(([, box]) => box.right > innerWidth + 1 || box.left < 0)
  .map(([e]) => e.outerHTML.slice(0, 80)));

test("held upright, a chart shows one half at a time; what was typed stays, and the device remembers which half", async () => {
  const { page, context, complaints } = await doctorAtChart(UPRIGHT, { hasTouch: true, isMobile: true });
  const course = page.getByRole("heading", { level: 2, name: "経過" });
  const [past, today] = ["経過", "記録・オーダー"].map((name) => page.getByRole("radio", { name, exact: true }));
  const end = page.locator("[data-finish]");
  assert.deepEqual([await course.isVisible(), await field(page, "S").isVisible(), await end.isVisible()], [false, true, true]);
  assert.ok(await end.evaluate((e) => e.getBoundingClientRect().bottom <= innerHeight), "the ending never scrolls away");
  assert.deepEqual([await looks(page), await outside(page)], [[], []]);
  await picture(page, "upright-chart-today");
  await page.locator(".ch-open").evaluate((e) => { e.scrollTop = 200; });
  await field(page, "S").fill("指で書いた文");
  const left = await page.locator(".ch-open").evaluate((e) => e.scrollTop);
  await page.locator(".ch-side label", { hasText: "経過" }).tap();
  await course.waitFor();
  assert.deepEqual([await field(page, "S").isVisible(), await end.isVisible()], [false, false]);
  assert.deepEqual([await looks(page), await outside(page)], [[], []]);
  await isAccessible(page, "経過, upright");
  await picture(page, "upright-chart-past");
  // By keys, as every group of radio buttons.
  await past.focus();
  await page.keyboard.press("ArrowRight");
  assert.ok(await today.isChecked());
  assert.equal(await field(page, "S").inputValue(), "指で書いた文");
  await page.waitForFunction((top) => document.querySelector(".ch-open").scrollTop === top, left);
  await known(page, "S");
  // The device remembers; a key shows what it would press before it presses.
  await page.keyboard.press("ArrowLeft");
  await page.reload();
  await course.waitFor();
  assert.ok(await past.isChecked());
  await page.getByRole("button", { name: "この回をDo" }).first().tap();
  await page.locator("#orders .toast", { hasText: "写しました" }).waitFor();
  await page.locator("#orders .toast").getByRole("button", { name: "元に戻す" }).tap();
  await page.locator("#orders .toast", { hasText: "元に戻しました" }).waitFor();
  await page.locator(".ch-side label", { hasText: "経過" }).tap();
  await page.keyboard.press("Control+Enter");
  await end.waitFor();
  assert.ok(await end.evaluate((e) => e === document.activeElement), "shown, not pressed");
  assert.equal(page.url(), chart);
  assert.equal(await field(page, "S").inputValue(), "指で書いた文");
  await field(page, "S").fill("");
  await field(page, "O").focus();
  await known(page, "S");
  // Lying on the desk, all of it is there and nothing to switch.
  await page.setViewportSize(LAPTOP);
  await course.waitFor();
  assert.deepEqual([await field(page, "S").isVisible(), await page.locator(".ch-side").isVisible()], [true, false]);
  assert.deepEqual(complaints, []);
  await context.close();
});

test("leaving with words that have not reached the server loses none of them", async () => {
  const { page, context, complaints } = await doctorAtChart();
  await page.route("**/note", (route) => route.abort());
  await field(page, "A").fill("まだ届いていない文");
  await field(page, "P").focus();
  await page.locator("#off").waitFor();
  // Sealed in the browser, so that nobody need be asked.
  await page.reload();
  await page.unroute("**/note");
  await page.evaluate(() => dispatchEvent(new Event("online")));
  await page.waitForFunction(() => document.querySelector("#note-form [data-section=A]")?.value === "まだ届いていない文");
  await page.reload();
  assert.equal(await field(page, "A").inputValue(), "まだ届いていない文");
  assert.deepEqual(besidesNetwork(complaints), []);
  await context.close();
});

test("two tabs write one record: both keep what was typed", async () => {
  const { page, context, complaints } = await doctorAtChart();
  const other = await context.newPage();
  await other.goto(chart);
  await field(page, "O").fill("咽頭発赤あり");
  await field(other, "P").fill("3日後に再診");
  await field(other, "S").focus();
  await known(other, "P");
  await field(page, "S").focus();
  await known(page, "O");
  await page.reload();
  assert.equal(await field(page, "O").inputValue(), "咽頭発赤あり");
  assert.equal(await field(page, "P").inputValue(), "3日後に再診");
  // The same line in both: each tab's words are shown until somebody chooses.
  await other.reload();
  await field(page, "O").fill("咽頭発赤 軽度");
  await field(page, "S").focus();
  await known(page, "O");
  await field(other, "O").fill("扁桃の腫大なし");
  await field(other, "S").focus();
  const clash = other.locator("[data-clash=O]");
  await clash.waitFor();
  assert.match(await clash.textContent(), /扁桃の腫大なし/);
  assert.match(await clash.textContent(), /咽頭発赤 軽度/);
  await clash.locator("[data-choice='3']").click();
  await clash.waitFor({ state: "detached" });
  await other.reload();
  const both = await field(other, "O").inputValue();
  assert.match(both, /扁桃の腫大なし/);
  assert.match(both, /咽頭発赤 軽度/);
  assert.deepEqual(complaints, []);
  await context.close();
});

test("a screen that locks keeps words that have not reached the server", async () => {
  const { page, context, complaints } = await doctorAtChart();
  await page.route("**/note", (route) => route.abort());
  await field(page, "S").fill("のどの違和感が3日。熱はない");
  await field(page, "S").evaluate((area) => area.setSelectionRange(4, 4));
  await page.evaluate(() => document.querySelector("form[data-lock]").requestSubmit());
  await page.locator("#lock[open]").waitFor();
  await page.unroute("**/note");
  await page.locator("#lock input[name=proof]").fill(clinic.user("doctor").password);
  await page.locator("#lock [data-unlock] button").click();
  await page.locator("#lock").waitFor({ state: "hidden" });
  assert.equal(await field(page, "S").inputValue(), "のどの違和感が3日。熱はない");
  assert.ok(await field(page, "S").evaluate((area) => area === document.activeElement && area.selectionStart === 4), "the caret is where it was");
  await field(page, "O").focus();
  await known(page, "S");
  await page.reload();
  assert.equal(await field(page, "S").inputValue(), "のどの違和感が3日。熱はない");
  assert.deepEqual(besidesNetwork(complaints), []);
  await context.close();
});

test("the network goes away while typing and comes back: everything arrives", async () => {
  const { page, context, complaints } = await doctorAtChart();
  await field(page, "P").fill("3日後に再診");
  await field(page, "S").focus();
  await known(page, "P");
  await context.setOffline(true);
  await field(page, "P").focus();
  await page.keyboard.press("End");
  await page.keyboard.type("。水分をとる");
  await field(page, "A").fill("急性咽頭炎");
  await field(page, "S").focus();
  await page.locator("#off").waitFor();
  assert.match(await page.locator("#off").textContent(), /通信が切れています/);
  await page.keyboard.press("Control+Home");
  await page.keyboard.type("昨日から。");
  await context.setOffline(false);
  await page.locator("#off").waitFor({ state: "detached" });
  for (const section of ["S", "A", "P"]) await known(page, section);
  await page.reload();
  assert.match(await field(page, "S").inputValue(), /^昨日から。/);
  assert.equal(await field(page, "A").inputValue(), "急性咽頭炎");
  assert.equal(await field(page, "P").inputValue(), "3日後に再診。水分をとる");
  assert.deepEqual(besidesNetwork(complaints), []);
  await context.close();
});

test("a session that ended meanwhile keeps the words until somebody signs in again", async () => {
  const { page, context } = await doctorAtChart();
  const other = await context.newPage();
  await other.goto(`${clinic.ready.url}/me`);
  await other.getByRole("button", { name: "退出" }).click();
  await other.waitForURL("**/sign-in");
  await field(page, "P").fill("3日後に再診。水分をとる。うがい");
  await field(page, "S").focus();
  await page.locator("#off", { hasText: "サインインが切れました" }).waitFor();
  await other.goto(clinic.user("doctor").sign_in_link);
  await other.waitForURL("**/reception");
  await page.evaluate(() => dispatchEvent(new Event("online")));
  await known(page, "P");
  await page.reload();
  assert.equal(await field(page, "P").inputValue(), "3日後に再診。水分をとる。うがい");
  await context.close();
});

// Keys as an input method sends them: while kana are being composed every key belongs to the composition.
test("while kana are composed, no key of any screen acts", async () => {
  const { page, context, complaints } = await doctorAtChart();
  const keys = async () => page.evaluate(() => [...document.querySelectorAll("[data-key]")].map((e) => e.dataset.key));
  const played = (key) => key.split("+").map((part) => ({ Ctrl: "Control" }[part] ?? part)).join("+");
  const everywhere = ["Control+k", "Control+Enter", "Alt+z", "Alt+y", "Alt+s", "Alt+ArrowDown", "Alt+;", "F8", ";", "?", "/", "Enter", "g", "r", "j", "k", "n", "1", "2"];
  for (const [address, target] of [
    [chart, "#note-form [data-section=S]"],
    [chart, "#orders input[data-key=r]"],
    [chart, "#problems-block input[name=q]"],
    [`${clinic.ready.url}/reception`, "form[data-search] input[name=q]"],
  ]) {
    await page.goto(address);
    const writing = page.locator(target);
    await writing.focus();
    const drugs = await page.locator("#orders .rx-d").count();
    const ime = await context.newCDPSession(page);
    await ime.send("Input.imeSetComposition", { text: "あむ", selectionStart: 2, selectionEnd: 2 });
    const posts = [];
    const listen = (request) => { if (request.method() === "POST" && !/find|search|note|palette/.test(request.url())) posts.push(request.url()); };
    page.on("request", listen);
    const acted = await writing.evaluate((element, all) => all.filter((key) => {
      const parts = key.split("+");
      const { href } = location;
      // As a browser sends it during a composition.
      element.dispatchEvent(new KeyboardEvent("keydown", {
        key: parts.at(-1), keyCode: 229, ctrlKey: parts.includes("Control"), altKey: parts.includes("Alt"), isComposing: true, bubbles: true, cancelable: true,
      }));
      return document.activeElement !== element || document.querySelector("dialog[open]") || location.href !== href || document.querySelector("[data-phrase-list] .pop");
    }), [...new Set([...everywhere, ...(await keys()).map(played)])]);
    assert.deepEqual(acted, [], target);
    await ime.send("Input.insertText", { text: "あむ" });
    assert.match(await writing.inputValue(), /あむ/, "the composition ends in its field");
    page.off("request", listen);
    assert.deepEqual(posts, [], target);
    assert.equal(page.url(), address);
    assert.equal(await page.locator("#orders .rx-d").count(), drugs);
    await ime.detach();
    await writing.evaluate((e) => { e.value = e.defaultValue; });
    if (await page.locator("#note-form").count()) await page.locator("#note-form").evaluate((form) => { form.dataset.leaving = "1"; });
  }
  assert.deepEqual(complaints, []);
  await context.close();
});

test("after the visit is finished, back shows the record as it stands and offers no second ending", async () => {
  const { page, context, complaints } = await doctorAtChart();
  await finish(page);
  await page.goBack();
  await page.waitForFunction(() => !document.querySelector("[data-finish]"));
  const other = await context.newPage();
  await other.goto(chart);
  assert.equal(await other.locator("[data-finish]").count(), 0);
  assert.deepEqual(complaints, []);
  await context.close();
});

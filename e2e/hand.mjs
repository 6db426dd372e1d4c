// A hand that counts what it does: presses of the mouse or of a finger, command keys, and apart from both the text that
// is typed. A chord is one key. The Enter that ends a typed text is a command key for who works by keys alone; with mouse
// or finger it belongs to the text and is counted apart (`ends`).
import assert from "node:assert/strict";

export class Hand {
  // `way`: "mouse", "keys" or "touch".
  constructor(page, way) {
    this.page = page;
    this.way = way;
    this.begin();
  }

  begin() {
    this.clicks = 0;
    this.keys = 0;
    this.ends = 0;
    this.letters = 0;
  }

  get byKeys() {
    return this.way === "keys";
  }

  async press(target) {
    assert.ok(!this.byKeys, "there is no mouse");
    this.clicks += 1;
    await (this.way === "touch" ? target.tap() : target.click());
  }

  async key(name, times = 1) {
    assert.ok(this.byKeys, "no command keys with mouse or finger");
    for (let n = 0; n < times; n += 1) {
      this.keys += 1;
      await this.page.keyboard.press(name);
    }
  }

  async write(text) {
    this.letters += [...text].length;
    await this.page.keyboard.type(text);
  }

  async enter() {
    if (this.byKeys) this.keys += 1;
    else this.ends += 1;
    await this.page.keyboard.press("Enter");
  }

  // What the tasks are measured by.
  get count() {
    return this.byKeys ? this.keys : this.clicks;
  }
}

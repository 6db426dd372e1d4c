// Every link of every screen leads somewhere: each role follows what its own screens offer.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { openAs, openClinic } from "../clinic.mjs";

const MOST = 140; // pages a role looks at
const DEPTH = 3;

let clinic;
before(async () => { clinic = await openClinic(); });
after(async () => { await clinic?.close(); });

// One page stands for all of its kind: ids and days differ, the screen is the same.
const kind = (path) => path.split("?")[0].replace(/\/[0-9a-f-]{16,}|\/[a-z]+-[0-9a-z-]+(?=\/|$)/g, "/{id}");

for (const role of ["doctor", "nurse", "clerk", "admin", "auditor"]) {
  test(`no link that a ${role} meets leads to an error`, async (t) => {
    if (!clinic.user(role)) return t.diagnostic(`the demonstration has no ${role}`);
    const { page, context } = await openAs(clinic, role);
    const seen = new Map();
    let paths = ["/"];
    for (let depth = 0; depth < DEPTH && paths.length; depth += 1) {
      const next = [];
      for (const path of paths) {
        if (seen.size >= MOST) break;
        if ([...seen.keys()].filter((known) => kind(known) === kind(path)).length >= 3) continue;
        const answer = await page.request.get(clinic.ready.url + path);
        seen.set(path, answer.status());
        if (!(answer.headers()["content-type"] ?? "").startsWith("text/html")) continue;
        const html = await answer.text();
        for (const [, href] of html.matchAll(/ href="(\/[^"#]*)/g)) {
          const target = href.replaceAll("&amp;", "&");
          if (!target.startsWith("/assets/") && !seen.has(target)) next.push(target);
        }
      }
      paths = [...new Set(next)];
    }
    const bad = [...seen].filter(([, status]) => status >= 400).map(([path, status]) => `${status} ${path}`);
    assert.deepEqual(bad, []);
    assert.ok(seen.size >= 3, `${seen.size} pages`);
    await context.close();
  });
}

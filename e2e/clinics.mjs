// Clinics for measuring: prepares institutions with a doctor and a synthetic history, and signs the doctors in.
//
//   node clinics.mjs prepare COUNT YEARS PATIENTS > clinics.jsonl    before the service is started
//   node clinics.mjs sign-in URL clinics.jsonl > sessions.txt        cookies for `karute bench --session-file`
//
// The database is that of the environment (KARUTE_DATA, or KARUTE_DATABASE_URL, KARUTE_DATABASE_OWNER_URL and KARUTE_KEY_FILE). The files hold
// passwords and sessions of invented clinics; they are of no use elsewhere.
import { execFileSync } from "node:child_process";
import { createHmac } from "node:crypto";
import { readFileSync } from "node:fs";
import { executable } from "./clinic.mjs";

const run = (words) => execFileSync(executable(), words, { encoding: "utf8", stdio: ["ignore", "pipe", "inherit"] });

// The database in the shape of this version.
export const migrate = () => run(["migrate"]);

// One institution with `patients` of `years`; answers what its doctor signs in with.
export function prepare(number, years, patients) {
  const tenant = `bench-${number}`;
  // 郡市区 99 does not exist: the codes belong to nobody.
  run(["tenant", "create", "--name", tenant, "--display-name", `測定${number}診療所`, "--code", `13199${String(number).padStart(4, "0")}0`, "--accept-check-digit", "--json"]);
  const doctor = JSON.parse(run(["user", "create", "--tenant", tenant, "--login", "doctor", "--name", "測定 太郎", "--kana", "ソクテイ タロウ", "--profession", "doctor", "--json"]));
  run(["synth", "--tenant", tenant, "--patients", String(patients), "--years", String(years), "--seed", String(number), "--json"]);
  return { tenant, ...doctor };
}

// The six digits of this half minute (RFC 6238, SHA-1, 30 s).
function code(secret) {
  const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
  const bits = [...secret].map((letter) => alphabet.indexOf(letter).toString(2).padStart(5, "0")).join("");
  const key = Buffer.from(bits.match(/.{8}/g).map((byte) => Number.parseInt(byte, 2)));
  const counter = Buffer.alloc(8);
  counter.writeBigUInt64BE(BigInt(Math.floor(Date.now() / 30_000)));
  const mac = createHmac("sha1", key).update(counter).digest();
  return String((mac.readUInt32BE(mac.at(-1) & 15) & 0x7fffffff) % 1_000_000).padStart(6, "0");
}

// Signs in as a browser does, and changes the first password; answers the session's cookie.
export async function signIn(url, clinic) {
  const post = (path, form, cookie) => fetch(url + path, {
    method: "POST", redirect: "manual", body: new URLSearchParams(form),
    headers: { "sec-fetch-site": "same-origin", ...(cookie ? { cookie } : {}) },
  });
  const again = `${clinic.password}-2`;
  const step = async (password) => (await (await post("/sign-in", { tenant: clinic.tenant, login: clinic.login, password })).text()).match(/name="pending" value="([^"]+)"/)?.[1];
  // Whoever signed in with this file before has changed the first password.
  const pending = (await step(clinic.password)) ?? (await step(again));
  if (!pending) throw new Error(`${clinic.tenant}: neither password was taken`);
  const made = await post("/sign-in/code", { pending, code: code(clinic.totp_secret) });
  const cookie = made.headers.getSetCookie()[0]?.split(";")[0];
  if (!cookie) throw new Error(`${clinic.tenant}: the code answered ${made.status}`);
  const home = await fetch(`${url}/reception`, { headers: { cookie }, redirect: "manual" });
  if (home.status === 200) return cookie;
  const changed = await post("/me/password", { old: clinic.password, new: again, again }, cookie);
  if (changed.status !== 303) throw new Error(`${clinic.tenant}: the password answered ${changed.status}`);
  return changed.headers.getSetCookie()[0]?.split(";")[0] ?? cookie;
}

const [, script, what, ...words] = process.argv;
if (script === import.meta.filename) {
  if (what === "prepare") {
    const [count, years, patients] = words.map(Number);
    migrate();
    for (let number = 1; number <= count; number += 1) console.log(JSON.stringify(prepare(number, years, patients)));
  } else if (what === "sign-in") {
    const [url, file] = words;
    for (const line of readFileSync(file, "utf8").split("\n").filter(Boolean)) console.log(await signIn(url, JSON.parse(line)));
  } else {
    console.error("usage: node clinics.mjs prepare COUNT YEARS PATIENTS | sign-in URL FILE");
    process.exitCode = 2;
  }
}

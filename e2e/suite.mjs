// All browser tests, or those named: `node suite.mjs [FILE …]`. The invented clinic is made once and copied by each file.
import { spawn } from "node:child_process";
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { makeClinic } from "./clinic.mjs";

const here = import.meta.dirname;
const named = process.argv.slice(2);
const files = named.length ? named : readdirSync(path.join(here, "tests")).filter((name) => name.endsWith(".test.mjs")).map((name) => path.join(here, "tests", name));
const data = mkdtempSync(path.join(tmpdir(), "karute-e2e-made-"));
try {
  await makeClinic(data);
  const tests = spawn(process.execPath, ["--test", "--test-concurrency=1", "--test-timeout=900000", ...files], {
    stdio: "inherit", env: { ...process.env, KARUTE_E2E_CLINIC: data },
  });
  process.exitCode = await new Promise((resolve) => { tests.once("exit", (code) => resolve(code ?? 1)); });
} finally {
  rmSync(data, { recursive: true, force: true });
}

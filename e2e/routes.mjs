// The GET routes of the product, read from the route table, and how a browser reaches each of them. A route that is
// neither reached nor named as no screen is a fault: nothing is left out of the walk.
import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";

const TABLE = path.join(import.meta.dirname, "../crates/web/src/routes");

// Paths with `{…}` for ids, as the route table has them.
export function getRoutes() {
  const files = readdirSync(TABLE).filter((name) => name.endsWith(".rs")).map((name) => readFileSync(path.join(TABLE, name), "utf8"));
  return files.flatMap((text) => [...text.matchAll(/route\(\s*"GET",\s*"([^"]+)"/g)].map(([, found]) => found)).sort();
}

// What answers a GET and is no screen of its own.
export const NO_SCREEN = {
  "/worklist/changes": "a wait for news, read by the script of the list",
  "/p/{patient}/v/{visit}/issue/check": "a part of the dialog: eprescription.test.mjs",
  "/p/{patient}/rx/{task}": "stands when a prescription was issued: eprescription.test.mjs",
  "/p/{patient}/rx/{task}/copy.pdf": "a PDF: eprescription.test.mjs",
  "/p/{patient}/v/{visit}/prescription.pdf": "a PDF: printing.test.mjs",
  "/p/{patient}/letters/{letter}/print.pdf": "a PDF: letters.test.mjs",
  "/inbox/held/{held}": "stands when a document could not be taken in",
  "/inbox/held/{held}/original": "a file",
  "/inbox/{received}": "stands when a document arrived: letters.test.mjs",
  "/inbox/{received}/original": "a file: letters.test.mjs",
  "/inbox/{received}/files/{file}": "a file",
  "/print/inbox/{received}": "stands when a document arrived: letters.test.mjs",
  "/": "leads to the first screen of a role",
  "/demo/sign-in": "leads to the first screen of a role",
  "/settings": "leads to the first of the settings",
  "/reception/rows": "a part of /reception",
  "/reception/changes": "says only whether something changed",
  "/p/{patient}/documents/{document}/preview": "a picture",
  "/p/{patient}/documents/{document}/original": "a file",
  "/signing/callback": "leads on from the signing service",
  "/me/signing/sign-in": "leads to the signing service",
  "/me/signing/finish": "ends a sign-in",
  "/me/signing/ready": "stands after a sign-in: eprescription.test.mjs",
  "/locked": "shown to a session that is locked; walked in the test of the lock",
};

// Who looks at which screen, and where it stands for the clinic that `things` tells of.
export function screens(things) {
  const { patient, other, visit, confirmed, line, problem, document, lab, person, set, intake, letter } = things;
  const own = `/p/${patient}`;
  const here = `${own}/v/${visit}`;
  return {
    "/sign-in": ["nobody", "/sign-in"],
    "/intake/{token}": ["nobody", intake],
    "/me": ["doctor", "/me"],
    "/me/signing": ["doctor", "/me/signing"],
    "/me/emergency": ["clerk", "/me/emergency"],
    "/reception": ["doctor", "/reception"],
    "/reception/arrivals/new": ["clerk", "/reception/arrivals/new"],
    "/reception/board": ["clerk", "/reception/board"],
    "/reception/visits/{visit}/change": ["clerk", `/reception/visits/${visit}/change`],
    "/p/{patient}/arrive": ["clerk", `/p/${other}/arrive`],
    "/print/slip/{visit}": ["clerk", `/print/slip/${visit}`],
    "/patients": ["clerk", "/patients"],
    "/patients/new": ["clerk", "/patients/new"],
    "/p/{patient}": ["doctor", `/p/${other}`],
    "/p/{patient}/edit": ["clerk", `${own}/edit`],
    "/p/{patient}/merge": ["clerk", `${own}/merge`],
    "/p/{patient}/merge/{other}": ["clerk", `${own}/merge/${other}`],
    "/p/{patient}/v/{visit}": ["doctor", here],
    "/p/{patient}/v/{visit}/history": ["doctor", `${confirmed}/history`],
    "/p/{patient}/v/{visit}/correct": ["doctor", `${confirmed}/correct`],
    "/p/{patient}/v/{visit}/phrases": ["doctor", `${here}/phrases`],
    "/p/{patient}/v/{visit}/orders": ["doctor", `${here}/orders`],
    "/p/{patient}/v/{visit}/orders/lines/{line}": ["doctor", line],
    "/p/{patient}/v/{visit}/requests": ["doctor", `${here}/requests`],
    "/p/{patient}/v/{visit}/issue": ["doctor", `${here}/issue`],
    "/p/{patient}/prescriptions": ["doctor", `${own}/prescriptions`],
    "/prescriptions": ["doctor", "/prescriptions"],
    "/unregistered": ["clerk", "/unregistered"],
    "/p/{patient}/problems": ["doctor", `${own}/problems`],
    "/p/{patient}/problems/{problem}": ["doctor", problem],
    "/p/{patient}/allergies": ["doctor", `${own}/allergies`],
    "/p/{patient}/results": ["doctor", `${own}/results?set=all&drugs=1`],
    "/p/{patient}/documents": ["doctor", `${own}/documents`],
    "/p/{patient}/documents/{document}": ["doctor", document],
    "/p/{patient}/documents/{document}/draw": ["doctor", `${document}/draw`],
    "/p/{patient}/schema/{template}": ["doctor", `${own}/schema/body`],
    "/p/{patient}/letters": ["doctor", `${own}/letters`],
    "/p/{patient}/letters/new": ["doctor", `${own}/letters/new`],
    "/p/{patient}/letters/{letter}": ["doctor", letter],
    "/p/{patient}/letters/{letter}/to": ["doctor", `${letter}/to`],
    "/inbox": ["doctor", "/inbox"],
    "/p/{patient}/outside": ["doctor", `${own}/outside`],
    "/p/{patient}/next-visit": ["doctor", `${own}/next-visit`],
    "/approvals": ["doctor", "/approvals"],
    "/records": ["doctor", "/records"],
    "/print/chart/{patient}": ["doctor", `/print/chart/${patient}`],
    "/print/labels/{visit}": ["nurse", `/print/labels/${visit}`],
    "/worklist": ["nurse", "/worklist"],
    "/worklist/{lab}/result": ["nurse", lab],
    "/appointments": ["clerk", "/appointments"],
    "/appointments/new": ["clerk", "/appointments/new"],
    "/appointments/calls": ["clerk", "/appointments/calls"],
    "/outgoing": ["doctor", "/outgoing"],
    "/audit": ["auditor", "/audit"],
    "/settings/phrases": ["doctor", "/settings/phrases"],
    "/settings/drugs": ["admin", "/settings/drugs"],
    "/settings/masters": ["admin", "/settings/masters"],
    "/settings/patients": ["admin", "/settings/patients"],
    "/settings/clinic": ["admin", "/settings/clinic"],
    "/settings/people": ["admin", "/settings/people"],
    "/settings/people/new": ["admin", "/settings/people/new"],
    "/settings/people/{person}": ["admin", person],
    "/settings/sets": ["admin", "/settings/sets"],
    "/settings/sets/{set}": ["admin", set],
    "/settings/booking": ["admin", "/settings/booking"],
    "/internal/components": ["admin", "/internal/components"],
  };
}

import { openAs, openClinic, TOUCH, UPRIGHT } from "./clinic.mjs";
import { looks } from "./looks.mjs";
const clinic = await openClinic();
const { entry } = await clinic.fhir("Observation?code=3D046000001927101&_count=1");
const patient = entry[0].resource.subject.reference.split("/")[1];
try {
  for (const size of [TOUCH, UPRIGHT]) for (const [role, paths] of Object.entries({ doctor: ["/reception", `/p/${patient}`, `/p/${patient}/results?set=all&drugs=1`, `/p/${patient}/problems`, `/p/${patient}/allergies`, `/p/${patient}/documents`, `/p/${patient}/schema/body`, `/p/${patient}/next-visit`, "/records", "/approvals", "/outgoing", "/settings/phrases", "/me", `/print/chart/${patient}`], clerk: ["/patients", "/patients/new", "/appointments", "/appointments/new", "/appointments/calls", `/p/${patient}/edit`, `/p/${patient}/merge`, "/reception/board"], admin: ["/settings/masters", "/settings/drugs", "/settings/booking", "/settings/people", "/settings/people/new", "/settings/clinic", "/settings/sets", "/internal/components"] })) {
    const { page, context } = await openAs(clinic, role, size, { hasTouch: true, isMobile: true });
    for (const p of paths) { await page.goto(clinic.ready.url + p); const f = await looks(page); if (f.length) console.log(size.width, p.replace(patient, "x"), f.join(" ; ").slice(0, 500)); }
    await context.close();
  }
} finally { await clinic.close().catch((e) => console.log(e.message)); }

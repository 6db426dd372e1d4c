// Every screen loads this module; it wakes only what the screen holds. All screens work without it.
import { startReception } from "./reception.js";
import { startSearch } from "./search.js";
import { startTerms } from "./terms.js";
import { startRecord } from "./record.js";
import { startPrint } from "./record-keys.js";
import { startParts } from "./problems.js";
import { startResults } from "./results.js";
import { startSchema } from "./schema.js";
import { startBooking } from "./booking.js";
import { startOrders } from "./orders.js";
import { startOrderDrafts } from "./order-drafts.js";
import { startIssue } from "./issue.js";
import { startKeys } from "./keys.js";
import { startLock } from "./lock.js";
import { startPalette } from "./palette.js";
import { startDialog } from "./dialog.js";
import { startRegistration } from "./registration.js";
import { startLetter } from "./letter.js";
import { startInsert } from "./insert.js";
import { startWork } from "./worklist.js";
import { startNet } from "./net.js";
import { startUnsent } from "./unsent.js";
import { startHold } from "./hold.js";
import { startLeave } from "./leave.js";
import { startRecent } from "./recent.js";
import { startSides } from "./sides.js";
import { startShelf } from "./shelf.js";

startSearch();
startReception();
startTerms();
startRecord();
startPrint();
startParts();
startResults();
startSchema();
startBooking();
startOrders();
startOrderDrafts();
startIssue();
startKeys();
startLock();
startPalette();
startDialog();
startRegistration();
startLetter();
startInsert();
startWork();
startSides();

// The name of a patient who could be mistaken stands for ten seconds (SAFE-03).
setTimeout(() => document.querySelector(".pt-other")?.remove(), 10_000);
startNet();
startUnsent();
startLeave();
startHold();
startRecent();
startShelf();

// A form that is on its way is not sent twice by a double press.
document.addEventListener("submit", (event) => {
  if (event.defaultPrevented) return;
  for (const button of event.target.querySelectorAll("button[type=submit]")) {
    button.setAttribute("aria-busy", "true");
    setTimeout(() => { button.disabled = true; });
  }
});

// A page brought back by the browser's "back" shows the state of now, not of then.
addEventListener("pageshow", (event) => {
  if (event.persisted) location.reload();
});

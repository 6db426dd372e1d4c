// What was typed and has not reached the server: kept in this browser, sealed with AES-GCM. The key comes with the page
// of a signed-in person, stays in the memory of that page and cannot be read back by any script; the next session of
// the same person receives the same one. On the disk there is nothing but sealed text, an owner's name that says
// nothing, and a time: after twelve hours it is deleted, and soon after nobody is given the key any more.
const LIFE_MS = 12 * 3_600_000;
// What is kept: texts of records that were not sent, forms half written, what was used last (for the palette), and
// charts that were opened (to be read without a network).
const UNSENT = "unsent";
export const HELD = "held";
export const RECENT = "recent";
export const CHARTS = "charts";
const ALL = [UNSENT, HELD, RECENT, CHARTS];

const given = document.querySelector("[data-keep]");
const [name = "", period = "", ...secrets] = given?.dataset.keep.split(":") ?? [];
given?.removeAttribute("data-keep");
// Whose page this is; the server refuses what comes from the page of another person.
export const owner = name;

// This page's own entry, and the lock that says that the page still lives.
export const page = globalThis.crypto?.randomUUID?.() ?? "";
export const lockOf = (id) => `karute-unsent-${id}`;

let opened = null;
let queue = Promise.resolve();
const ready = prepare();

// Answers the keys by their period; null when this browser can keep nothing safely.
async function prepare() {
  try {
    for (const store of ALL) await run(store, "readwrite", deleteOld);
    if (!page || !crypto.subtle || !navigator.locks || secrets.length < 2) return null;
    const keys = new Map();
    for (const [back, text] of secrets.entries()) {
      const bytes = Uint8Array.from(text.match(/../g), (pair) => parseInt(pair, 16));
      keys.set(Number(period) - back, await crypto.subtle.importKey("raw", bytes, "AES-GCM", false, ["encrypt", "decrypt"]));
      bytes.fill(0);
    }
    secrets.length = 0;
    navigator.locks.request(lockOf(page), () => new Promise(() => {}));
    return keys;
  } catch {
    return null;
  }
}

export const canKeep = async () => Boolean(await ready);

function open() {
  opened ??= new Promise((resolve, reject) => {
    const asked = indexedDB.open("karute", 2);
    asked.onupgradeneeded = () => {
      for (const store of ALL) if (!asked.result.objectStoreNames.contains(store)) asked.result.createObjectStore(store, { keyPath: "id" });
    };
    asked.onsuccess = () => {
      // A page of a newer version wants to change the stores: this one lets go.
      asked.result.onversionchange = () => asked.result.close();
      resolve(asked.result);
    };
    asked.onblocked = () => reject(new Error("another page holds the old stores"));
    asked.onerror = () => reject(asked.error);
  });
  return opened;
}

async function run(store, mode, act) {
  const database = await open();
  return new Promise((resolve, reject) => {
    const work = database.transaction(store, mode);
    const asked = act(work.objectStore(store));
    work.oncomplete = () => resolve(asked?.result);
    work.onabort = () => reject(work.error);
  });
}

function deleteOld(store) {
  const asked = store.openCursor();
  asked.onsuccess = () => {
    const cursor = asked.result;
    if (!cursor) return;
    if (!(Date.now() - cursor.value.at < LIFE_MS)) cursor.delete();
    cursor.continue();
  };
}

const bound = (row) => new TextEncoder().encode([row.id, row.owner, row.period, row.at].join("|"));

async function seal(id, value) {
  const keys = await ready;
  const row = { id, owner, period: Number(period), at: Date.now(), iv: crypto.getRandomValues(new Uint8Array(12)) };
  const plain = new TextEncoder().encode(JSON.stringify(value));
  row.box = await crypto.subtle.encrypt({ name: "AES-GCM", iv: row.iv, additionalData: bound(row) }, keys.get(row.period), plain);
  return row;
}

// One after the other, so that the newest text is what stays. Answers whether it was done.
function inTurn(act) {
  queue = queue.then(async () => {
    if (!(await ready)) return false;
    await act();
    document.dispatchEvent(new CustomEvent("karute:kept"));
    return true;
  }).catch(() => false);
  return queue;
}

// Keeps a value (this page's own, unless another entry is named).
export const keep = (value, id = page, where = UNSENT) => inTurn(async () => {
  const row = await seal(id, value);
  await run(where, "readwrite", (store) => store.put(row));
});

export const forget = (id = page, where = UNSENT) => inTurn(() => run(where, "readwrite", (store) => store.delete(id)));

// Everything of this person, oldest first; what cannot be opened any more is deleted.
export async function kept(where = UNSENT) {
  const keys = await ready;
  if (!keys) return [];
  const found = [];
  for (const row of await mine(where)) {
    try {
      const plain = await crypto.subtle.decrypt({ name: "AES-GCM", iv: row.iv, additionalData: bound(row) }, keys.get(row.period), row.box);
      found.push({ id: row.id, at: row.at, value: JSON.parse(new TextDecoder().decode(plain)) });
    } catch {
      await run(where, "readwrite", (store) => store.delete(row.id));
    }
  }
  return found.sort((a, b) => a.at - b.at);
}

const mine = async (where) => (await run(where, "readonly", (store) => store.getAll())).filter((row) => row.owner === owner);

// How much waits here to be sent.
export async function count(where = UNSENT) {
  if (!(await ready)) return 0;
  await queue;
  return (await mine(where)).length;
}

// Signing out: nothing of this person stays.
export const clear = () => inTurn(async () => {
  for (const where of ALL) {
    const rows = await mine(where);
    await run(where, "readwrite", (store) => { for (const row of rows) store.delete(row.id); });
  }
});

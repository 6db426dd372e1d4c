// Asks the server for a part of a page. Answers {ok, status, html}; a session that is over leads to the sign-in page.
import { lost, reached } from "./net.js";
import { owner } from "./store.js";

// Posts a body as this page's person and answers the response; whether the server was there is noted.
export async function send(url, options = {}) {
  const headers = { "x-fragment": "1", ...(owner && { "x-owner": owner }), ...options.headers };
  try {
    const response = await fetch(url, { credentials: "same-origin", ...options, headers });
    reached();
    return response;
  } catch (error) {
    if (error.name !== "AbortError") lost();
    throw error;
  }
}

export async function ask(url, { form, submitter, signal } = {}) {
  const options = { signal };
  if (form) {
    options.method = "POST";
    options.body = new URLSearchParams(new FormData(form, submitter));
  }
  const response = await send(url, options);
  if (response.status === 401) {
    location.assign("/sign-in");
    return { ok: false, status: 401, html: "" };
  }
  if (response.status === 423) {
    document.dispatchEvent(new CustomEvent("karute:locked"));
    return { ok: false, status: 423, html: "" };
  }
  if (isOfSomebodyElse(response)) document.dispatchEvent(new CustomEvent("karute:somebody-else"));
  return { ok: response.ok, status: response.status, html: await response.text() };
}

// Another person signed in meanwhile in this browser.
export const isOfSomebodyElse = (response) => response.headers.has("x-somebody-else");

// The elements of a fragment, parsed without running anything.
export function parse(html) {
  return new DOMParser().parseFromString(html, "text/html");
}

// Puts the element of the same id in the place of the one shown; scroll positions inside stay.
export function swap(parsed, id) {
  const now = document.getElementById(id);
  const next = parsed.getElementById(id);
  if (!now || !next) return false;
  const tops = [...now.querySelectorAll(".scroll")].map((pane) => pane.scrollTop);
  now.replaceWith(document.adoptNode(next));
  next.querySelectorAll(".scroll").forEach((pane, i) => { pane.scrollTop = tops[i] ?? 0; });
  return true;
}

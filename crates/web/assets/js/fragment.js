// Asks the server for a part of a page. Answers {ok, status, html}; a session that is over leads to the sign-in page.
export async function ask(url, { form, signal } = {}) {
  const options = { headers: { "x-fragment": "1" }, credentials: "same-origin", signal };
  if (form) {
    options.method = "POST";
    options.body = new URLSearchParams(new FormData(form));
  }
  const response = await fetch(url, options);
  if (response.status === 401) {
    location.assign("/sign-in");
    return { ok: false, status: 401, html: "" };
  }
  if (response.status === 423) {
    document.dispatchEvent(new CustomEvent("karute:locked"));
    return { ok: false, status: 423, html: "" };
  }
  return { ok: response.ok, status: response.status, html: await response.text() };
}

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

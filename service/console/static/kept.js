// What was answered here and has not reached the desk yet. It stays in the browser's database until the desk
// has taken it, whoever closes the page meanwhile; every tab sees the same.

const NAME = "huifang-inspections";
const STORE = "kept";
const here = document.body.dataset.person ?? "";
const channel = "BroadcastChannel" in self ? new BroadcastChannel(NAME) : null;
const listeners = [];

/** Hear of every change of what is kept, by this tab or another one: `{address, name, values, gone, refused, own}`. */
export function listen(listener) {
  listeners.push(listener);
}

function announce(message) {
  channel?.postMessage(message);
  for (const listener of listeners) listener({ ...message, own: true });
}

channel?.addEventListener("message", ({ data }) => {
  for (const listener of listeners) listener(data);
});

const promised = (request) =>
  new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });

let opening;

function open() {
  opening ??= (() => {
    const request = indexedDB.open(NAME, 1);
    request.onupgradeneeded = () => request.result.createObjectStore(STORE);
    return promised(request);
  })();
  return opening;
}

async function store(mode) {
  return (await open()).transaction(STORE, mode).objectStore(STORE);
}

const key = (address) => `${here} ${address}`;

/** What is kept of the inspection at this address; undefined if nothing is. */
export async function read(address) {
  return promised((await store("readonly")).get(key(address)));
}

/** Everything that is kept of who is signed in; with `everybody`, of others as well. */
export async function list(everybody = false) {
  const all = await promised((await store("readonly")).getAll());
  return all.filter((each) => everybody || each.person === here);
}

/** Change what is kept in one piece, so that no tab undoes what another one does; what it is then. */
export async function change(address, update, message = {}) {
  const place = await store("readwrite");
  const found = await promised(place.get(key(address)));
  const changed = update(found);
  if (changed === undefined) return undefined;
  await promised(place.put({ ...changed, address, person: here }, key(address)));
  announce({ address, ...message });
  return changed;
}

/** Keep nothing of this inspection any more; `gone` is where to go on. */
export async function discard(address, gone = "") {
  await promised((await store("readwrite")).delete(key(address)));
  if ("caches" in self) await (await caches.open(NAME)).delete(address, { ignoreVary: true });
  announce({ address, gone });
}

/** Keep nothing of anybody: the telephone may be somebody else's next. */
export async function forget() {
  await promised((await store("readwrite")).clear());
  if ("caches" in self) await caches.delete(NAME);
  const workers = (await navigator.serviceWorker?.getRegistrations()) ?? [];
  await Promise.all(workers.map((each) => each.unregister()));
}

/** Let the page open without a connection from now on. */
export async function keepPage() {
  if (!("caches" in self) || !navigator.serviceWorker) return;
  await navigator.serviceWorker.register("/inspections/worker.js", { scope: "/" });
  const files = performance.getEntriesByType("resource").map((each) => new URL(each.name).pathname);
  const page = location.pathname + location.search;
  const wanted = [page, ...files.filter((each) => each.startsWith("/console/static/"))];
  const cache = await caches.open(NAME);
  await Promise.allSettled(wanted.map((each) => keepAnswer(cache, each)));
}

async function keepAnswer(cache, path) {
  const answer = await fetch(path);
  if (answer.ok && !answer.redirected) await cache.put(path, answer);
}

/** Send what waits at this address, once: "sent", "refused", "signed-out", or "waiting" without a connection. */
export async function send(address) {
  const attempt = () => sendWaiting(address).catch(() => "waiting");
  return navigator.locks ? navigator.locks.request(key(address), attempt) : attempt();
}

/** Send everything that waits. */
export async function sendAll() {
  for (const each of await list()) if (each.status === "waiting") await send(each.address);
}

async function sendWaiting(address) {
  const kept = await read(address);
  if (kept?.status !== "waiting") return kept?.status ?? "sent"; // another tab was first
  const page = await load(address);
  if (isSignIn(page.answer)) return "signed-out";
  if (!page.answer.ok) return refuse(address, page);
  if (page.document.body.dataset.person !== kept.person) return "signed-out";
  const body = build(kept);
  body.set("csrf_token", page.document.querySelector("[name=csrf_token]").value);
  const done = await load(kept.action, { method: "POST", body });
  if (isSignIn(done.answer)) return "signed-out";
  if (!done.answer.ok) return refuse(address, done);
  await discard(address, done.answer.url);
  return "sent";
}

async function load(address, more = {}) {
  const headers = { Accept: "text/html", "Huifang-Refresh": "1" }; // notices wait for the page that is opened then
  const answer = await fetch(address, { headers, cache: "no-store", ...more });
  if (answer.status >= 500 || answer.status === 429) throw new Error("the desk does not answer now");
  return { answer, document: new DOMParser().parseFromString(await answer.text(), "text/html") };
}

const isSignIn = (answer) => new URL(answer.url).pathname === "/sign-in";

function build({ texts, photos }) {
  const body = new FormData();
  for (const [name, values] of Object.entries(texts)) for (const each of values) body.append(name, each);
  for (const [name, files] of Object.entries(photos)) for (const each of files) body.append(`${name}.files`, each);
  return body;
}

/** The desk said no: its page is kept, with the step and the key under which it may be sent again. */
async function refuse(address, { document }) {
  const form = document.querySelector("form[data-inspection]");
  const fresh = {};
  for (const name of ["seq", "idempotency_key"]) if (form) fresh[name] = [form.elements[name].value];
  await change(address, (kept) => {
    if (kept === undefined) return undefined;
    const refused = form ? document.querySelector("main").innerHTML : kept.refused;
    const said = "main p[role=alert], main [role=alert] > p, main [role=alert] > ul > li";
    const why = [...document.querySelectorAll(said)].map((each) => each.textContent.trim());
    return { ...kept, status: "refused", refused, why: why.join(" "), texts: { ...kept.texts, ...fresh } };
  }, { refused: true });
  return "refused";
}

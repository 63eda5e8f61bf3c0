// Lets the pages of inspections open without a connection, as they were seen last. Everything else is fetched.

const CACHE = "huifang-inspections";
const LIST = "/inspections";
const PAGES = /^\/(inspections|tickets\/[^/]+\/inspection\/[^/]+)$/;
const FILES = "/console/static/";

self.addEventListener("install", () => self.skipWaiting());
self.addEventListener("activate", (event) => event.waitUntil(self.clients.claim()));
self.addEventListener("fetch", (event) => {
  const { request } = event;
  const { origin, pathname } = new URL(request.url);
  if (request.method !== "GET" || origin !== location.origin) return;
  if (pathname.startsWith(FILES)) event.respondWith(answerFile(request));
  else if (request.mode === "navigate") event.respondWith(answerPage(request, PAGES.test(pathname)));
});

/** A file never changes under its address. */
async function answerFile(request) {
  return (await caches.match(request, { ignoreVary: true })) ?? fetch(request);
}

async function answerPage(request, keeps) {
  try {
    const answer = await fetch(request);
    if (keeps && answer.ok) keep(request, answer.clone()).catch(() => {}); // full: then what was kept before stays
    return answer;
  } catch (failure) {
    const known = (keeps && (await find(request.url))) || (await find(LIST));
    if (known) return known;
    throw failure;
  }
}

async function keep(request, answer) {
  await (await caches.open(CACHE)).put(request.url, answer);
}

const find = (address) => caches.match(address, { ignoreVary: true });

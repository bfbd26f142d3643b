/* Lets the phone page open without a line: keeps the page itself and its own files, nothing else. Never data: what
 * /api/ answers is never kept here. The network comes first, so that a new version is never missed. */
"use strict";
const CACHE = "ops-field-1";
const FONT = "/assets/vendor/inter/inter-latin-wght-normal.woff2";
const KEPT = ["/field", "/assets/tokens.css", "/assets/field.css", "/assets/field-queue.js", "/assets/field.js", "/assets/favicon.svg", FONT];
const PATIENCE_MS = 4000;

self.addEventListener("install", (event) => {
  event.waitUntil(
    caches
      .open(CACHE)
      .then((cache) => cache.addAll(KEPT.map((path) => new Request(path, { cache: "reload" }))))
      .then(() => self.skipWaiting()),
  );
});

self.addEventListener("activate", (event) => {
  const old = (names) => names.filter((name) => name.startsWith("ops-field-") && name !== CACHE);
  event.waitUntil(
    caches
      .keys()
      .then((names) => Promise.all(old(names).map((name) => caches.delete(name))))
      .then(() => self.clients.claim()),
  );
});

/* What the network gives within our patience; a page of ours is kept anew. */
async function fresh(request, path) {
  const stop = new AbortController();
  const timer = setTimeout(() => stop.abort(), PATIENCE_MS);
  try {
    const answer = await fetch(request, { signal: stop.signal });
    if (answer.status >= 500) throw new Error(`the server answered ${answer.status}`);
    if (answer.ok && !answer.redirected && answer.type === "basic") (await caches.open(CACHE)).put(path, answer.clone());
    return answer;
  } finally {
    clearTimeout(timer);
  }
}

self.addEventListener("fetch", (event) => {
  const address = new URL(event.request.url);
  if (event.request.method !== "GET" || address.origin !== self.location.origin || !KEPT.includes(address.pathname)) return;
  event.respondWith(
    fresh(event.request, address.pathname).catch(async () => {
      const kept = await (await caches.open(CACHE)).match(address.pathname);
      return kept || Response.error();
    }),
  );
});

// Keeps the site for visits without a network, and gives pages of hosts that cannot send the headers for shared memory those headers.
const KEPT = 'entrgi-site';

self.addEventListener('install', (event) => {
  self.skipWaiting();
  event.waitUntil(keepScripts());
});
self.addEventListener('activate', (event) => event.waitUntil(self.clients.claim()));

self.addEventListener('fetch', (event) => {
  const { request } = event;
  const { origin, pathname } = new URL(request.url);
  if (request.method !== 'GET' || origin !== self.location.origin) return;
  // Parts of anything but the site are a model's: they are kept elsewhere.
  if (request.headers.has('range') && !pathname.includes('/assets/')) return;
  event.respondWith(answer(request));
  if (request.mode === 'navigate') event.waitUntil(keepScripts());
});

/** What is loaded when it is needed has to be there without a network as well. */
const keepScripts = async () => {
  try {
    const cache = await caches.open(KEPT);
    const names = await (await fetch('./scripts.json')).json();
    for (const name of names) {
      const url = new URL(name, self.location.href).href;
      if ((await cache.match(url)) === undefined) await fetchWhole(url, cache);
    }
  } catch {
    // No network, or no storage: then what is there is there.
  }
};

/** Names of assets contain their hashes: what is kept is right. Of anything else, the network's is newer. */
const answer = async (request) => {
  const url = request.url.replace(/#.*$/, '');
  const isAsset = new URL(url).pathname.includes('/assets/');
  const cache = await caches.open(KEPT).catch(() => undefined);
  const kept = () => cache?.match(url, { ignoreSearch: !isAsset });
  const whole = (isAsset && (await kept())) || (await fetchWhole(url, cache).catch(kept));
  if (whole === undefined) return Response.error();
  return isolated(await partOf(whole, request.headers.get('range')));
};

const fetchWhole = async (url, cache) => {
  const response = await fetch(url);
  // A full storage must not keep the page from working.
  if (response.ok) await cache?.put(url, response.clone()).catch(() => {});
  return response;
};

/** The part of a response that was asked for: only whole ones are kept. */
const partOf = async (whole, range) => {
  const [, from, to] = /^bytes=(\d+)-(\d*)$/.exec(range ?? '') ?? [];
  if (from === undefined || whole.status !== 200) return whole;
  const blob = await whole.blob();
  if (Number(from) >= blob.size) return new Response(null, { status: 416 });
  const end = to === '' ? blob.size : Math.min(Number(to) + 1, blob.size);
  const headers = new Headers(whole.headers);
  headers.set('content-range', `bytes ${from}-${end - 1}/${blob.size}`);
  headers.set('content-length', String(end - Number(from)));
  return new Response(blob.slice(Number(from), end), { status: 206, headers });
};

const isolated = ({ body, status, headers: given }) => {
  const headers = new Headers(given);
  headers.set('cross-origin-opener-policy', 'same-origin');
  headers.set('cross-origin-embedder-policy', 'require-corp');
  headers.set('cross-origin-resource-policy', 'same-origin');
  return new Response(body, { status, headers });
};

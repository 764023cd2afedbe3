const RELOADED = 'entrgi-reloaded';

/** Longest that the page waits for its service worker, in milliseconds. */
const PATIENCE = 10_000;

/**
 * Keeps the site for visits without a network. Where the host sends no headers for shared memory, the service worker does, from the next load on: the page is loaded again, once.
 * Where there are no service workers, nothing happens.
 */
export const keepSite = async (): Promise<void> => {
  const { serviceWorker } = navigator;
  if (serviceWorker === undefined) return;
  try {
    await serviceWorker.register('./service-worker.js');
    if (crossOriginIsolated || sessionStorage.getItem(RELOADED) !== null) return;
    await Promise.race([controlled(serviceWorker), new Promise((resolve) => setTimeout(resolve, PATIENCE))]);
    if (serviceWorker.controller === null) return;
    sessionStorage.setItem(RELOADED, '1');
    location.reload();
    // Nothing is to be begun on a page that is about to go.
    await new Promise(() => {});
  } catch {
    // Denied, as in some private windows: the site works without.
  }
};

const controlled = async (serviceWorker: ServiceWorkerContainer): Promise<void> => {
  if (serviceWorker.controller !== null) return;
  await new Promise<void>((resolve) =>
    serviceWorker.addEventListener('controllerchange', () => resolve(), { once: true }),
  );
};

/**
 * Starts a script of this site as a worker, in pages of other sites too: a worker's script must be of the page's own origin, and what it imports may come
 * from anywhere.
 */
export const startWorker = (script: string, name: string): Worker => {
  const address = new URL(script, import.meta.url);
  const options = { type: 'module', name } as const;
  if (address.origin === location.origin) return new Worker(address, options);
  const own = new Blob([`import ${JSON.stringify(address.href)};`], { type: 'text/javascript' });
  return new Worker(URL.createObjectURL(own), options);
};

import type { Method } from '../protocol/protocol.js';

/** What each method is called, and what it does in one line. */
export const methodNames: Readonly<Record<Method, { readonly name: string; readonly says: string }>> = {
  base: { name: 'Base model', says: 'no guidance' },
  'best-of-n': { name: 'Best of n', says: 'unguided, as many tries as guidance costs, the best kept' },
  expectation: { name: 'Expectation', says: 'guided through the expected embedding' },
  aps: { name: 'APS', says: 'guided through the sampled token, straight through' },
  entrgi: { name: 'EntRGi', says: 'guided, the mix chosen by entropy' },
};

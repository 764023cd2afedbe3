import { CONTRACT_VERSION, type Versioned } from '../contracts/runtime/versioned.js';
import { UnsupportedError } from '../errors/errors.js';

/**
 * Throws UnsupportedError for a backend, a denoiser or a reward that says it was made for other contracts
 * than these.
 */
export const requireContract = (name: string, { contract = CONTRACT_VERSION }: Versioned): void => {
  if (contract === CONTRACT_VERSION) return;
  throw new UnsupportedError(`${name}: expected contract ${CONTRACT_VERSION}, got ${contract}.`, {
    value: contract,
    argument: name.split(': ').at(-1),
    hint: 'Install packages of one version of @entrgi/core.',
  });
};

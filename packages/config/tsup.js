import { defineConfig } from 'tsup';

/**
 * The build of every package: ESM with types beside it; dependencies stay imports.
 * @param {string[]} [entry]
 * @param {import('tsup').Options} [overrides]
 */
export const library = (entry = ['src/index.ts'], overrides = {}) =>
  defineConfig({
    entry,
    format: ['esm'],
    target: 'es2022',
    platform: 'neutral',
    // tsup's declaration builder sets baseUrl, which TypeScript 6 deprecates. No custom conditions: types come from what is published.
    dts: { compilerOptions: { ignoreDeprecations: '6.0', customConditions: [], incremental: false } },
    sourcemap: true,
    clean: true,
    ...overrides,
  });

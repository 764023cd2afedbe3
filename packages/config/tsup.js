import { defineConfig } from 'tsup';
import { emitDeclarations } from './emit-declarations.js';

/**
 * The build of every package: ESM with types beside it; dependencies stay imports.
 * @param {string[]} [entry]
 * @param {import('tsup').Options} [overrides] `dts: false` for programs, which nothing imports
 */
export const library = (entry = ['src/index.ts'], { dts = true, ...overrides } = {}) =>
  defineConfig({
    entry,
    format: ['esm'],
    target: 'es2022',
    platform: 'neutral',
    // Bundlers for browsers know 'node:fs' as a module of Node's; 'fs' they look for in node_modules.
    removeNodeProtocol: false,
    external: [/^node:/],
    sourcemap: true,
    // The sources are in the package, once.
    esbuildOptions: (options) => {
      options.sourcesContent = false;
    },
    clean: true,
    onSuccess: async () => {
      if (dts) emitDeclarations(entry);
    },
    ...overrides,
  });

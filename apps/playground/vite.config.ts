import { defineConfig } from 'vite';

const isolation = {
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Embedder-Policy': 'require-corp',
};

/** From source: no package has to be built before the site. Addresses are relative, so that it may lie in any folder of a host. */
export default defineConfig(({ command }) => ({
  base: './',
  // While it is being worked on, nothing is to be kept.
  define: { KEEPS_SITE: command === 'build' },
  resolve: { conditions: ['@entrgi/source', 'browser', 'module', 'import', 'default'] },
  worker: { format: 'es' },
  build: { target: 'es2022', assetsInlineLimit: 0, sourcemap: false },
  server: { headers: isolation },
  preview: { headers: isolation },
}));

import { readdirSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { defineConfig, type Plugin } from 'vite';

const isolation = {
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Embedder-Policy': 'require-corp',
};

/** Lists the scripts that are loaded when they are needed, for the service worker to keep; the runtime's are large, and only one of them is used. */
const listScripts = (): Plugin => {
  let folder = '';
  return {
    name: 'list-scripts',
    apply: 'build',
    configResolved: ({ root, build }) => {
      folder = resolve(root, build.outDir);
    },
    closeBundle() {
      const names = readdirSync(join(folder, 'assets')).filter((name) => /^(?!ort\.).*\.js$/.test(name));
      writeFileSync(join(folder, 'scripts.json'), JSON.stringify(names.map((name) => `assets/${name}`)));
    },
  };
};

/** A name that stays, for pages of others: they embed the element. */
const namePlainly = (): Plugin => ({
  name: 'name-plainly',
  apply: 'build',
  generateBundle(_, bundle) {
    const [entry] = Object.values(bundle).filter((file) => file.type === 'chunk' && file.isEntry);
    this.emitFile({ type: 'asset', fileName: 'playground.js', source: `import './${entry!.fileName}';\n` });
  },
});

/** From source: no package has to be built before the site. Addresses are relative, so that it may lie in any folder of a host. */
export default defineConfig(({ command }) => ({
  base: './',
  plugins: [listScripts(), namePlainly()],
  // While it is being worked on, nothing is to be kept.
  define: { KEEPS_SITE: command === 'build' },
  resolve: { conditions: ['@entrgi/source', 'browser', 'module', 'import', 'default'] },
  worker: { format: 'es' },
  build: { target: 'es2022', assetsInlineLimit: 0, sourcemap: false },
  server: { headers: isolation },
  preview: { headers: isolation },
}));

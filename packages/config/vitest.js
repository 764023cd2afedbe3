import { defineConfig } from 'vitest/config';

const conditions = ['@entrgi/source', 'import', 'module', 'node', 'default'];

/**
 * The tests of every package run from source: no build is needed, in any order.
 * @param {import('vitest/config').ViteUserConfig['test']} [test]
 */
export const tests = (test = {}) =>
  defineConfig({
    resolve: { conditions },
    ssr: { resolve: { conditions } },
    test: {
      include: ['src/**/*.test.ts'],
      testTimeout: 30_000,
      // Some tests load onnxruntime without the backend, which would set it.
      env: { ORT_DISABLE_TELEMETRY: '1' },
      ...test,
    },
  });

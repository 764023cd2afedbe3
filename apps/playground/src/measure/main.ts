// Measures the built page in Chromium, by hand and on a quiet machine: npm run measure -w @entrgi/playground -- speed
import { parseArgs } from 'node:util';
import { agreement } from './agreement.js';
import { blocking } from './blocking.js';
import { firstToken } from './first-token.js';
import { memory } from './memory.js';
import { speed } from './speed.js';

const measurements = { blocking, memory, speed, 'first-token': firstToken, agreement } as const;

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    rounds: { type: 'string', default: '5' },
    settings: { type: 'string', default: '' },
    threads: { type: 'string', default: '2' },
    device: { type: 'string', default: 'wasm' },
  },
});
const [name = ''] = positionals;
if (!Object.hasOwn(measurements, name)) {
  console.error(`Expected one of ${Object.keys(measurements).join(', ')}, got '${name}'.`);
  process.exit(2);
}
const measure = measurements[name as keyof typeof measurements];
console.log(
  JSON.stringify(
    await measure({
      rounds: Number(values.rounds),
      settings: values.settings,
      threads: Number(values.threads),
      device: values.device === 'webgpu' ? 'webgpu' : 'wasm',
    }),
    null,
    2,
  ),
);

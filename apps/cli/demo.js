// What `npm run demo` shows: the same model twice, first plain sampling with the best of four picked afterwards, then guided while it writes.
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

// One of the evaluation's openings, not chosen for its outcome.
const prompt = 'Complete this story: The yellow bus was late again. Sam sat on the bench with his lunch box.';
const entrgi = fileURLToPath(new URL('dist/main.js', import.meta.url));

console.log(
  '\nWith the embedded models: 64 steps and 64 tokens, smaller than the preset published (128 and 128) and a quarter of the time.',
);

for (const method of ['bon', 'entrgi']) {
  console.log(`\n$ entrgi generate --method ${method} "${prompt}"\n`);
  const { status } = spawnSync(process.execPath, [entrgi, 'generate', '--method', method, prompt], {
    stdio: 'inherit',
  });
  if (status !== 0) process.exit(status ?? 1);
}

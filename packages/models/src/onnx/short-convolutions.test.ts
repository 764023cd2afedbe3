import { cp, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { nodeBackend } from '@entrgi/backend-node';
import { expect, it } from 'vitest';
import { fixture, relativeError } from '../../fixtures/fixture.js';
import { loadDenoiser } from '../load-denoiser.js';

it('a network of short convolutions, as LFM2.5-Encoder is, gives the logits of PyTorch', async () => {
  const { config, ids, positions, logits } = JSON.parse(
    await readFile(`${fixture('lfm2-fill')}.json`, 'utf8'),
  );
  const directory = await mkdtemp(join(tmpdir(), 'entrgi-lfm2-'));
  const backend = nodeBackend({ threads: 1 });
  try {
    for (const file of ['tokenizer.json', 'tokenizer_config.json']) {
      await cp(join(fixture('a2d-qwen3'), file), join(directory, file));
    }
    await writeFile(join(directory, 'config.json'), JSON.stringify(config));
    await mkdir(join(directory, 'onnx'));
    await cp(`${fixture('lfm2-fill')}.onnx`, join(directory, 'onnx/model.onnx'));
    await using denoiser = await loadDenoiser(directory, { backend });
    const request = { batch: 2, length: 11, positions: Int32Array.from(positions as number[]) };
    const tokenIds = Int32Array.from((ids as number[][]).flat());
    expect(relativeError(await denoiser.logits({ ...request, tokenIds }), logits)).toBeLessThan(1e-4);
  } finally {
    await backend.dispose();
    await rm(directory, { recursive: true });
  }
});

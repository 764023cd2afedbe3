import { cp, mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { GraphBuilder } from '@entrgi/onnx';
import { writeModelFile } from '@entrgi/onnx/node';
import { denoiserDirectory } from '@entrgi/tiny-stories';
import { confidenceReward, loadModels } from 'entrgi';
import { expect, test } from 'vitest';
import { entrgi } from '../testing/capture.js';
import { temporaryFolder } from '../testing/temporary-folder.js';

const prompt = 'Complete this story: A cat';
const responses = ['was sleeping under the bed.', 'the of the'];

/** Rates the responses with these options; what is said of each, by `name`. */
const scores = async (name: 'reward' | 'judge', ...argv: string[]): Promise<number[]> => {
  const stdin = responses.map((response) => `${JSON.stringify({ prompt, response })}\n`).join('');
  const { stdout, stderr, status } = await entrgi(['score', '--json', ...argv], { stdin });
  expect(status, stderr).toBe(0);
  const lines = stdout.trim().split('\n');
  return lines.map((line) => JSON.parse(line)[name]);
};

test('a denoiser rates: by its own confidence, and against itself not at all', async () => {
  const { denoiser, dispose } = await loadModels({ reward: 'confidence' });
  const expected = await confidenceReward(denoiser).score(prompt, responses);
  await dispose();
  expect(await scores('reward', '--reward', 'confidence')).toEqual([...expected]);
  expect(expected[0]).toBeGreaterThan(expected[1]!);
  const zero = responses.map(() => 0);
  expect(await scores('reward', '--reward', `log-ratio:${denoiserDirectory}`)).toEqual(zero);
});

/**
 * A classifier with three labels in the layout of transformers.js: each token adds as much to a label as its
 * entry of `shares` says, whatever token it is.
 */
const threeLabels = async (shares: readonly number[]): Promise<string> => {
  const folder = join(await temporaryFolder(), 'mood');
  const tokenizer = fileURLToPath(
    new URL('../../../../packages/models/fixtures/bert-reward/', import.meta.url),
  );
  await mkdir(join(folder, 'onnx'), { recursive: true });
  for (const file of ['tokenizer.json', 'tokenizer_config.json']) {
    await cp(join(tokenizer, file), join(folder, file));
  }
  const id2label = { 0: 'sad', 1: 'plain', 2: 'glad' };
  const config = { model_type: 'bert', id2label, max_position_embeddings: 512 };
  await writeFile(join(folder, 'config.json'), JSON.stringify(config));
  const g = new GraphBuilder();
  const ids = g.input('input_ids', 'int64', ['batch', 'length']);
  const data = Float32Array.from({ length: 97 * 3 }, (_, i) => shares[i % 3]!);
  const rows = g.Gather(g.initializer('table', { type: 'float32', dims: [97, 3], data }), ids, 0);
  g.output(g.ReduceSum(rows, [1], 0), 'logits');
  await writeModelFile(join(folder, 'onnx/model.onnx'), g.model());
  return folder;
};

test('a classifier in the layout of transformers.js judges and rates, by the label that is said', async () => {
  const model = await threeLabels([-0.01, 0, 0.02]);
  const logit = (probability: number) => Math.log(probability / (1 - probability));
  const [sad, glad] = [
    (await scores('judge', '--judge', model, '--judge-label', 'sad')).map(logit),
    (await scores('judge', '--judge', join(model, 'onnx/model.onnx'), '--judge-label', '2')).map(logit),
  ];
  const expected = await scores('reward', '--reward', model, '--label', 'glad');
  glad.forEach((value, i) => {
    expect(value).toBeCloseTo(expected[i]!, 5);
    expect(value / sad[i]!).toBeCloseTo(-2, 5);
  });
  // The shorter response has fewer tokens.
  expect(glad[0]).toBeGreaterThan(glad[1]!);
  const { stderr } = await entrgi(['score', '--judge', model], { stdin: '{"prompt":"a","response":"b"}' });
  expect(stderr).toContain('Its labels are 0 "sad", 1 "plain", 2 "glad".');
});

test('such a classifier judges an evaluation, which is another one with another label', async () => {
  const model = await threeLabels([-0.01, 0, 0.02]);
  const out = join(await temporaryFolder(), 'out.jsonl');
  const small =
    '--limit 1 --methods base --seeds 1 --steps 2 --max-new-tokens 4 --workers 0 --reward confidence'.split(
      ' ',
    );
  const asked = ['eval', '--data', 'openings', '--out', out, ...small, '--judge', model];
  expect(await entrgi([...asked, '--judge-label', 'glad'])).toMatchObject({ status: 0 });
  const { judge, settings } = JSON.parse(await readFile(out, 'utf8'));
  expect(judge).toBeGreaterThan(0.5);
  expect(settings.judge).toBe('mood');
  const { status, stderr } = await entrgi([...asked, '--judge-label', 'sad']);
  expect(status).toBe(1);
  expect(stderr).toContain('judge (hash)');
});

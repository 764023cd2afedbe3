import type { BlockRowName } from './block-rows.js';
import type { BlockResult } from './run-blocks.js';

const columns = [
  'row',
  'layers',
  'steps run',
  's/step',
  'denoiser',
  'floor',
  '× floor',
  'tokens/s',
  'resident GB',
];

/** A line for each result, and what two of them say together. */
export const blockTable = (results: readonly BlockResult[]): string => {
  const lines = results.map((result) => {
    const { row, layers, steps, timed, secondsPerStep, denoiserSecondsPerStep, floor } = result;
    return [
      `${row} ${result.dtype}`,
      layers,
      `${timed} of ${steps}`,
      digits(secondsPerStep),
      digits(denoiserSecondsPerStep),
      floor === undefined ? '–' : digits(floor.secondsPerStep),
      floor === undefined ? '–' : digits(denoiserSecondsPerStep / floor.secondsPerStep),
      digits(result.length / result.seconds),
      result.residentGB === undefined ? '–' : digits(result.residentGB),
    ];
  });
  const table = [columns, columns.map(() => '---'), ...lines].map((cells) => `| ${cells.join(' | ')} |`);
  return [...table, '', ...conclusions(results).map((line) => `- ${line}`)].join('\n');
};

/** Ratios, of the latest results of as many layers; and what fewer layers let one expect of all. */
const conclusions = (results: readonly BlockResult[]): string[] => {
  const found: string[] = [];
  const pairs = (one: BlockRowName, other: BlockRowName) =>
    results.flatMap((a) => {
      const b = results.findLast(
        (each) => each.row === other && each.layers === a.layers && each.dtype === a.dtype,
      );
      const isLatest = results.findLast((each) => each.row === one && each.layers === a.layers) === a;
      return a.row === one && b !== undefined && isLatest ? [[a, b] as const] : [];
    });
  for (const [cached, whole] of pairs('0.6b', '0.6b-uncached')) {
    const both = whole.written.flatMap((id, i) =>
      id < 0 || cached.written[i]! < 0 ? [] : [id === cached.written[i]],
    );
    found.push(
      `0.6b, ${cached.layers} layers: without the cache ${digits(whole.denoiserTokens / cached.denoiserTokens)} × the tokens through the denoiser` +
        ` (${whole.denoiserTokens} and ${cached.denoiserTokens}), ${digits(whole.seconds / cached.seconds)} × the time; ${both.filter(Boolean).length} of ${both.length} tokens the same`,
    );
  }
  for (const [blocks, canvas] of pairs('sdar-guided', 'sdar-guided-canvas')) {
    const perToken = ({ seconds, length }: BlockResult) => seconds / length;
    found.push(
      `sdar guided, ${blocks.layers} layers: ${digits(perToken(blocks))} s a token in blocks, ${digits(perToken(canvas))} s on a canvas of ${canvas.length}, ${digits(perToken(canvas) / perToken(blocks))} ×`,
    );
  }
  const mixtures = results.filter(({ row }) => row === 'llada2').toSorted((a, b) => a.layers - b.layers);
  const [few, more] = [mixtures[0], mixtures.at(-1)];
  if (
    few !== undefined &&
    more !== undefined &&
    few.layers >= 2 &&
    more.layers > few.layers &&
    more.layers < ALL
  ) {
    const at = (value: (result: BlockResult) => number) =>
      value(more) + ((value(more) - value(few)) / (more.layers - few.layers)) * (ALL - more.layers);
    found.push(
      `llada2, all ${ALL} layers, drawn on from ${few.layers} and ${more.layers}, not measured: ${digits(at(({ secondsPerStep }) => secondsPerStep))} s a step, ` +
        `floor ${digits(at(({ floor }) => floor!.secondsPerStep))} s, ${digits(at(({ residentGB = Number.NaN }) => residentGB))} GB resident`,
    );
  }
  return found;
};

/** Of LLaDA2-mini. */
const ALL = 20;

const digits = (value: number): string => value.toPrecision(3);

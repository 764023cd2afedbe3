import type { BlockRowName } from './block-rows.js';
import type { BlockResult } from './run-blocks.js';

const columns = [
  'row',
  'layers',
  'steps run',
  's/step',
  'denoiser',
  'processor',
  'floor',
  '× floor',
  'tokens/s',
  'resident GB',
];

/** A line for each result, and what two of them say together. */
export const blockTable = (results: readonly BlockResult[]): string => {
  const lines = results.map((result) => {
    const { layers, steps, timed, secondsPerStep, denoiserSecondsPerStep, floor } = result;
    return [
      nameOf(result),
      layers,
      `${timed} of ${steps}`,
      digits(secondsPerStep),
      digits(denoiserSecondsPerStep),
      ifKnown(result.processorSecondsPerStep),
      ifKnown(floor?.secondsPerStep),
      floor === undefined ? '–' : digits(denoiserSecondsPerStep / floor.secondsPerStep),
      digits(result.length / result.seconds),
      ifKnown(result.residentGB),
    ];
  });
  const table = [columns, columns.map(() => '---'), ...lines].map((cells) => `| ${cells.join(' | ')} |`);
  return [...table, '', ...conclusions(results).map((line) => `- ${line}`)].join('\n');
};

/** What it is, and how it was run: 8-bit activations are an approximation. */
const nameOf = ({ row, dtype, int8Activations }: BlockResult): string =>
  `${row} ${dtype}${int8Activations ? ', int8 activations' : ''}`;

/** Whether two were run alike, but for what the row says. */
const isAlike = (a: BlockResult, b: BlockResult): boolean =>
  a.layers === b.layers && a.dtype === b.dtype && a.int8Activations === b.int8Activations;

/** Ratios, of the latest results of as many layers; and what fewer layers let one expect of all. */
const conclusions = (results: readonly BlockResult[]): string[] => {
  const found: string[] = [];
  const pairs = (one: BlockRowName, other: BlockRowName) =>
    results.flatMap((a) => {
      const b = results.findLast((each) => each.row === other && isAlike(a, each));
      const isLatest = results.findLast((each) => each.row === one && isAlike(a, each)) === a;
      return a.row === one && b !== undefined && isLatest ? [[a, b] as const] : [];
    });
  for (const [cached, whole] of pairs('0.6b', '0.6b-uncached')) {
    const both = whole.written.flatMap((id, i) =>
      id < 0 || cached.written[i]! < 0 ? [] : [id === cached.written[i]],
    );
    found.push(
      `${nameOf(cached)}, ${cached.layers} layers: without the cache ${digits(whole.denoiserTokens / cached.denoiserTokens)} × the tokens through the denoiser` +
        ` (${whole.denoiserTokens} and ${cached.denoiserTokens}), ${digits(whole.seconds / cached.seconds)} × the time; ${both.filter(Boolean).length} of ${both.length} tokens the same`,
    );
  }
  for (const [blocks, canvas] of pairs('sdar-guided', 'sdar-guided-canvas')) {
    const perToken = ({ seconds, length }: BlockResult) => seconds / length;
    found.push(
      `${nameOf(blocks)}, ${blocks.layers} layers: ${digits(perToken(blocks))} s a token in blocks, ${digits(perToken(canvas))} s on a canvas of ${canvas.length}, ${digits(perToken(canvas) / perToken(blocks))} ×`,
    );
  }
  const exact = results.filter(({ row, int8Activations }) => row === 'llada2' && !int8Activations);
  const mixtures = exact.toSorted((a, b) => a.layers - b.layers);
  for (const { layers, promptLength, expertsPerLayer } of mixtures) {
    if (expertsPerLayer === undefined) continue;
    found.push(
      `llada2, ${layers} layers, a prompt of ${promptLength}: ${digits(expertsPerLayer)} experts of a layer in a step`,
    );
  }
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

const ifKnown = (value: number | undefined): string => (value === undefined ? '–' : digits(value));

const digits = (value: number): string => value.toPrecision(3);

import type { Attribute, Value } from '@entrgi/onnx';
import { int, string } from '@entrgi/onnx/internal';
import type { GradientCase } from './gradient-case.js';
import { randomNumbers } from './numbers.js';

const [S, B, I, H] = [4, 2, 3, 2];
const sigmoid = (v: number) => 1 / (1 + Math.exp(-v));

type Kind = 'RNN' | 'GRU' | 'LSTM';
type Way = 'forward' | 'reverse' | 'bidirectional';
const gateCount = { RNN: 1, GRU: 3, LSTM: 4 } as const;

/** Weights [D, gates · H, I], [D, gates · H, H] and biases [D, 2 · gates · H], the same in every run. */
function weightsOf(kind: Kind, directions: number) {
  const random = randomNumbers(31);
  const draw = (...dims: number[]) => ({
    type: 'float64' as const,
    dims: [directions, ...dims],
    data: Float64Array.from({ length: dims.reduce((a, b) => a * b, directions) }, () => 2 * random() - 1),
  });
  const rows = gateCount[kind] * H;
  return { W: draw(rows, I), R: draw(rows, H), bias: draw(2 * rows), peepholes: draw(3 * H) };
}

/** One step by the operator's definition, for one row. */
function step(
  kind: Kind,
  fromInput: readonly number[],
  fromState: readonly number[],
  h: readonly number[],
  c: readonly number[],
  {
    peepholes = new Array<number>(3 * H).fill(0),
    again,
  }: { peepholes?: ArrayLike<number>; again?: (state: readonly number[]) => readonly number[] },
) {
  const at = (from: readonly number[], gate: number, j: number) => from[gate * H + j]!;
  const both = (gate: number, j: number) => at(fromInput, gate, j) + at(fromState, gate, j);
  const places = Array.from({ length: H }, (_, j) => j);
  if (kind === 'RNN') return { h: places.map((j) => Math.tanh(both(0, j))), c };
  if (kind === 'GRU') {
    const r = places.map((j) => sigmoid(both(1, j)));
    const resetFirst = again?.(r.map((reset, j) => reset * h[j]!));
    return {
      h: places.map((j) => {
        const z = sigmoid(both(0, j));
        const q = resetFirst === undefined ? r[j]! * at(fromState, 2, j) : at(resetFirst, 2, j);
        const n = Math.tanh(at(fromInput, 2, j) + q);
        return (1 - z) * n + z * h[j]!;
      }),
      c,
    };
  }
  const gate = (number: number, j: number, seen: number) =>
    sigmoid(both(number, j) + peepholes[number * H + j]! * seen);
  const cell = places.map((j) => gate(2, j, c[j]!) * c[j]! + gate(0, j, c[j]!) * Math.tanh(both(3, j)));
  return { h: places.map((j) => gate(1, j, cell[j]!) * Math.tanh(cell[j]!)), c: cell };
}

/** All states [S, D, B, H], the last ones [D, B, H] and the last cells [D, B, H]. */
function run(
  kind: Kind,
  way: Way,
  { biased = true, other = false }: Options,
  x: readonly number[],
  h0: readonly number[],
  c0: readonly number[],
) {
  const directions = way === 'bidirectional' ? 2 : 1;
  const { W, R, bias, peepholes } = weightsOf(kind, directions);
  const rows = gateCount[kind] * H;
  const y = new Array<number>(S * directions * B * H).fill(0);
  const [last, cells] = [[...h0], [...c0]];
  const product = (m: { data: Float64Array }, d: number, v: readonly number[], half: number) =>
    Array.from({ length: rows }, (_, r) =>
      v.reduce(
        (sum, value, j) => sum + m.data[(d * rows + r) * v.length + j]! * value,
        biased ? bias.data[d * 2 * rows + half * rows + r]! : 0,
      ),
    );
  for (let d = 0; d < directions; d++) {
    for (let b = 0; b < B; b++) {
      const place = (d * B + b) * H;
      let [h, c] = [h0.slice(place, place + H), c0.slice(place, place + H)];
      for (let s = 0; s < S; s++) {
        const t = d === 1 || way === 'reverse' ? S - 1 - s : s;
        const own = x.slice((t * B + b) * I, (t * B + b + 1) * I);
        ({ h, c } = step(kind, product(W, d, own, 0), product(R, d, h, 1), h, c, {
          ...(other && kind === 'GRU' && { again: (state) => product(R, d, state, 1) }),
          ...(other && kind === 'LSTM' && { peepholes: peepholes.data.subarray(d * 3 * H, (d + 1) * 3 * H) }),
        }) as { h: number[]; c: number[] });
        h.forEach((value, j) => {
          y[((t * directions + d) * B + b) * H + j] = value;
        });
      }
      h.forEach((value, j) => {
        last[place + j] = value;
        cells[place + j] = c[j]!;
      });
    }
  }
  return { y, last, cells };
}

interface Options {
  /** Which output is differentiated. */
  readonly of?: 0 | 1 | 2;
  readonly biased?: boolean;
  /** Whether first states (and cells) are given. */
  readonly started?: boolean;
  /** The rarer kind: a GRU that resets before the product, an LSTM with peepholes. */
  readonly other?: boolean;
}

const layer = (
  kind: Kind,
  way: Way,
  { of = 0, biased = true, started = false, other = false }: Options = {},
): GradientCase => {
  const directions = way === 'bidirectional' ? 2 : 1;
  const outputs = kind === 'LSTM' ? 3 : 2;
  const first = { dims: [directions, B, H] };
  const zeros = new Array<number>(directions * B * H).fill(0);
  const attributes: Record<string, Attribute> = {
    hidden_size: int(H),
    direction: string(way),
    ...(kind === 'GRU' && { linear_before_reset: int(other ? 0 : 1) }),
    ...(kind === 'RNN' && {
      activations: { kind: 'strings', value: new Array<string>(directions).fill('Tanh') },
    }),
  };
  return {
    operator: kind,
    what: `${way}, ${['all states', 'the last state', 'the last cell'][of]}${biased ? '' : ', no bias'}${started ? ', first states' : ''}${other ? `, ${kind === 'GRU' ? 'reset first' : 'peepholes'}` : ''}`,
    inputs: [{ dims: [S, B, I] }, ...(started ? [first, ...(kind === 'LSTM' ? [first] : [])] : [])],
    forward: (g, [x, h, c], type) => {
      const { W, R, bias, peepholes } = weightsOf(kind, directions);
      const stored = (name: string, tensor: { dims: number[]; data: Float64Array }): Value =>
        g.Cast(g.initializer(name, { ...tensor, type: 'float64' }), type);
      const weights = [stored('W', W), stored('R', R), biased ? stored('bias', bias) : ''];
      const inputs = [
        x,
        ...weights,
        '',
        h ?? '',
        c ?? '',
        other && kind === 'LSTM' ? stored('P', peepholes) : '',
      ];
      while (inputs.at(-1) === '') inputs.pop();
      const names = Array.from({ length: outputs }, (_, i) => (i === of ? g.unique('states') : ''));
      return g.node(kind, inputs, attributes, { outputs: names })[of]!;
    },
    reference: ([x, h = zeros, c = zeros]) => {
      const { y, last, cells } = run(kind, way, { biased, other }, x!, h, c);
      return [y, last, cells][of]!;
    },
    without: ['float64', 'float16'],
  };
};

/** Recurrent layers, by their definitions. */
export const recurrentCases: readonly GradientCase[] = (['RNN', 'GRU', 'LSTM'] as const).flatMap((kind) => [
  layer(kind, 'forward'),
  layer(kind, 'reverse', { of: 1, started: true }),
  layer(kind, 'bidirectional', { biased: false }),
  layer(kind, 'bidirectional', { of: 1, started: true }),
  ...(kind === 'LSTM' ? [layer(kind, 'bidirectional', { of: 2, started: true })] : []),
  ...(kind === 'RNN'
    ? []
    : [
        layer(kind, 'forward', { other: true }),
        layer(kind, 'reverse', { other: true, biased: false }),
        layer(kind, 'bidirectional', { other: true, of: kind === 'LSTM' ? 2 : 1, started: true }),
      ]),
]);

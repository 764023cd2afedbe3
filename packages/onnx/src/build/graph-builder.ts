import { type DataType, InvalidArgumentError, UnsupportedError } from '@entrgi/core';
import { inferenceFrom, integersOf } from '../inference/infer.js';
import { inferContents } from '../inference/infer-contents.js';
import type {
  Attribute,
  Dimension,
  Graph,
  Initializer,
  InlineInitializer,
  Model,
  Node,
  Value,
  ValueType,
} from '../model/model.js';
import { opsetOf } from '../model/opset.js';
import { float, int, ints, string } from '../values/attributes.js';
import { onnxType } from '../values/data-types.js';
import { scalar, vector } from '../values/literals.js';

/** What the builder's own names of unknown sizes begin with. */
const UNKNOWN = '?';

/**
 * Attributes as a rule or an architecture writes them: numbers become int or float by the operator's
 * declaration in the method.
 */
type Attributes = Readonly<Record<string, Attribute | undefined>>;

/**
 * Appends nodes to a graph. Methods are named like the ONNX operators (opset 21) and return the name of their
 * (first) output; each knows the type, and where it follows from the inputs the shape, of what it makes.
 */
export class GraphBuilder {
  readonly graph: Graph;
  readonly #types = new Map<Value, ValueType>();
  readonly #names = new Set<Value>();
  readonly #nodeNames = new Set<string>();
  readonly #constants = new Map<string, Value>();
  readonly #reserved = new Set<string>();
  /** Where the search for a free number begins, by base name. */
  readonly #counters = new Map<string, number>();
  /** What is known of the elements of small integer values. */
  readonly #contents = new Map<Value, readonly Dimension[]>();
  /**
   * Values whose sizes follow from a declaration of the file, which is good enough for a gradient but not to
   * change what the model computes.
   */
  readonly #declared = new Set<Value>();
  #unknownSizes = 0;

  constructor(graph: Graph = emptyGraph()) {
    this.graph = graph;
    for (const [name, type] of graph.inputs) this.#declare(name, type);
    for (const [name, { type, dims }] of graph.initializers) this.#declare(name, { type, dims });
    for (const node of graph.nodes) {
      this.#nodeNames.add(node.name);
      this.#infer(node);
    }
  }

  // …graph inputs, outputs and constants

  input(name: string, type: DataType, dims: ValueType['dims']): Value {
    this.#claim(name);
    const valueType = { type, dims };
    this.graph.inputs.set(name, valueType);
    this.#declare(name, valueType);
    return name;
  }

  /** Makes a value an output of the graph under `name` (default: its own). */
  output(value: Value, name: string = value): Value {
    const result = name === value ? value : this.node('Identity', [value], {}, { outputs: [name] })[0]!;
    this.graph.outputs.set(result, this.declaredTypeOf(result));
    return result;
  }

  initializer(name: string, initializer: Initializer): Value {
    this.#claim(name);
    this.graph.initializers.set(name, initializer);
    this.#types.set(name, { type: initializer.type, dims: initializer.dims });
    return name;
  }

  /** A small tensor held in the model itself; equal constants are stored once. */
  constant(tensor: InlineInitializer): Value {
    const key = `${tensor.type}[${tensor.dims}]${Array.from(tensor.data as ArrayLike<unknown>).map(literal)}`;
    let name = this.#constants.get(key);
    if (name === undefined) {
      name = this.initializer(this.unique('constant'), tensor);
      this.#constants.set(key, name);
    }
    return name;
  }

  /** A scalar (rank 0) of the given type. */
  scalar(value: number, type: DataType): Value {
    return this.constant(scalar(value, type));
  }

  /** A scalar of the same element type as `like`. */
  scalarLike(value: number, like: Value): Value {
    return this.scalar(value, this.typeOf(like).type);
  }

  /** A 1-D int64 tensor: shapes, axes, indices. */
  int64s(values: readonly number[]): Value {
    return this.constant(vector(values));
  }

  // …values

  /**
   * Element type and known shape.
   * @throws InvalidArgumentError for a value that does not exist, UnsupportedError for one whose type is not
   *   known: it comes from an operator that is not
   */
  typeOf(value: Value): ValueType {
    const type = this.#types.get(value);
    if (type !== undefined) return type;
    const where = `in graph '${this.graph.name}'`;
    if (!this.has(value)) throw new InvalidArgumentError(`No value named '${value}' ${where}.`, { value });
    const { opType, name } = this.#unknownOrigin(value);
    throw new UnsupportedError(
      `The type of value '${value}' is not known ${where}: nothing is known of ${opType} (node '${name}').`,
      { value: opType },
    );
  }

  /** Like typeOf, but undefined where nothing is known. */
  knownTypeOf(value: Value): ValueType | undefined {
    return this.#types.get(value);
  }

  /** Takes over what is known of `like`, a value of the same type and shape. */
  learn(value: Value, like: Value): void {
    const type = mergeTypes(this.#types.get(value), this.#types.get(like));
    if (type !== undefined) this.#types.set(value, type);
  }

  /** The type as a model may state it: sizes that only the builder has a name for are null. */
  declaredTypeOf(value: Value): ValueType {
    const { type, dims } = this.typeOf(value);
    return { type, dims: dims?.map((size) => (isUnknown(size) ? null : size)) };
  }

  has(value: Value): boolean {
    return this.#names.has(value);
  }

  /**
   * The elements of an integer value of rank ≤ 1, as far as they are known before the graph runs: numbers,
   * symbols or null.
   */
  contentsOf(value: Value): readonly Dimension[] | undefined {
    return this.#contentsOf(value);
  }

  /** Keeps names from being given to new values; they may still be claimed explicitly. */
  reserve(names: Iterable<string>): void {
    for (const name of names) this.#reserved.add(name);
  }

  /** A name that no value of the graph has yet. */
  unique(base: string): string {
    return this.#free(base, (name) => this.#names.has(name) || this.#reserved.has(name));
  }

  /** Appends any node; the operator methods below all come here. Returns the names of its outputs. */
  node(
    opType: string,
    inputs: readonly Value[],
    attributes: Attributes = {},
    options: {
      readonly outputs?: number | readonly string[];
      readonly domain?: string;
      readonly name?: string;
      /** Values whose types the outputs have. */
      readonly like?: readonly Value[];
    } = {},
  ): Value[] {
    for (const input of inputs) {
      if (input !== '' && !this.has(input)) {
        throw new InvalidArgumentError(`No value named '${input}' in graph '${this.graph.name}'.`, {
          value: input,
        });
      }
    }
    const { outputs = 1, domain = '' } = options;
    const name = this.#free(options.name ?? opType, (candidate) => this.#nodeNames.has(candidate));
    const outputNames =
      typeof outputs === 'number'
        ? Array.from({ length: outputs }, (_, i) =>
            this.unique(i === 0 ? `${name}/output` : `${name}/output${i}`),
          )
        : [...outputs];
    const present = Object.entries(attributes).filter(
      (entry): entry is [string, Attribute] => entry[1] !== undefined,
    );
    const node: Node = {
      opType,
      domain,
      name,
      inputs,
      outputs: outputNames,
      attributes: Object.fromEntries(present),
    };
    this.#nodeNames.add(name);
    this.graph.nodes.push(node);
    for (const output of outputNames) if (output !== '') this.#claim(output);
    this.#infer(node);
    options.like?.forEach((value, i) => {
      const type = this.#types.get(value);
      if (type !== undefined) this.#types.set(outputNames[i]!, type);
    });
    return outputNames;
  }

  /** The finished model. Opset 21, or what its operators need, plus com.microsoft where a node uses it. */
  model(options: { readonly producer?: string } = {}): Model {
    const opsets = new Map([['', opsetOf(this.graph.nodes)]]);
    for (const { domain } of this.graph.nodes) if (domain !== '') opsets.set(domain, 1);
    return {
      irVersion: 10,
      opsets,
      producer: options.producer ?? 'entrgi',
      metadata: new Map(),
      graph: this.graph,
    };
  }

  // …operators: element-wise

  Add = (a: Value, b: Value) => this.#one('Add', [a, b]);
  Sub = (a: Value, b: Value) => this.#one('Sub', [a, b]);
  Mul = (a: Value, b: Value) => this.#one('Mul', [a, b]);
  Div = (a: Value, b: Value) => this.#one('Div', [a, b]);
  Pow = (a: Value, b: Value) => this.#one('Pow', [a, b]);
  Mod = (a: Value, b: Value) => this.#one('Mod', [a, b]);
  Max = (...values: Value[]) => this.#one('Max', values);
  Min = (...values: Value[]) => this.#one('Min', values);
  Neg = (x: Value) => this.#one('Neg', [x]);
  Abs = (x: Value) => this.#one('Abs', [x]);
  Sign = (x: Value) => this.#one('Sign', [x]);
  Sqrt = (x: Value) => this.#one('Sqrt', [x]);
  Reciprocal = (x: Value) => this.#one('Reciprocal', [x]);
  Exp = (x: Value) => this.#one('Exp', [x]);
  Log = (x: Value) => this.#one('Log', [x]);
  Sin = (x: Value) => this.#one('Sin', [x]);
  Cos = (x: Value) => this.#one('Cos', [x]);
  Erf = (x: Value) => this.#one('Erf', [x]);
  Tanh = (x: Value) => this.#one('Tanh', [x]);
  Sigmoid = (x: Value) => this.#one('Sigmoid', [x]);
  Relu = (x: Value) => this.#one('Relu', [x]);
  Gelu = (x: Value, approximate: 'none' | 'tanh' = 'none') =>
    this.#one('Gelu', [x], { approximate: string(approximate) });
  Identity = (x: Value) => this.#one('Identity', [x]);
  Cast = (x: Value, to: DataType) => this.#one('Cast', [x], { to: int(onnxType(to)) });

  Equal = (a: Value, b: Value) => this.#one('Equal', [a, b]);
  Less = (a: Value, b: Value) => this.#one('Less', [a, b]);
  LessOrEqual = (a: Value, b: Value) => this.#one('LessOrEqual', [a, b]);
  Greater = (a: Value, b: Value) => this.#one('Greater', [a, b]);
  GreaterOrEqual = (a: Value, b: Value) => this.#one('GreaterOrEqual', [a, b]);
  And = (a: Value, b: Value) => this.#one('And', [a, b]);
  Or = (a: Value, b: Value) => this.#one('Or', [a, b]);
  Not = (x: Value) => this.#one('Not', [x]);
  Where = (condition: Value, a: Value, b: Value) => this.#one('Where', [condition, a, b]);

  // …matrix products

  MatMul = (a: Value, b: Value) => this.#one('MatMul', [a, b]);
  Gemm = (
    a: Value,
    b: Value,
    c: Value | null = null,
    {
      transA = 0,
      transB = 0,
      alpha = 1,
      beta = 1,
    }: { transA?: 0 | 1; transB?: 0 | 1; alpha?: number; beta?: number } = {},
  ) =>
    this.#one('Gemm', c === null ? [a, b] : [a, b, c], {
      transA: int(transA),
      transB: int(transB),
      alpha: float(alpha),
      beta: float(beta),
    });
  Einsum = (equation: string, ...inputs: Value[]) =>
    this.#one('Einsum', inputs, { equation: string(equation) });

  // …reductions and softmax

  ReduceSum = (x: Value, axes: readonly number[] | Value | null, keepdims: 0 | 1 = 1) =>
    this.#reduce('ReduceSum', x, axes, keepdims);
  ReduceMean = (x: Value, axes: readonly number[] | Value | null, keepdims: 0 | 1 = 1) =>
    this.#reduce('ReduceMean', x, axes, keepdims);
  ReduceMax = (x: Value, axes: readonly number[] | Value | null, keepdims: 0 | 1 = 1) =>
    this.#reduce('ReduceMax', x, axes, keepdims);
  ReduceProd = (x: Value, axes: readonly number[] | Value | null, keepdims: 0 | 1 = 1) =>
    this.#reduce('ReduceProd', x, axes, keepdims);
  ArgMax = (x: Value, axis: number, keepdims: 0 | 1 = 1) =>
    this.#one('ArgMax', [x], { axis: int(axis), keepdims: int(keepdims) });
  Softmax = (x: Value, axis = -1) => this.#one('Softmax', [x], { axis: int(axis) });
  CumSum = (x: Value, axis: Value) => this.#one('CumSum', [x, axis]);

  // …normalization

  LayerNormalization = (x: Value, scale: Value, bias: Value | null, { axis = -1, epsilon = 1e-5 } = {}) =>
    this.#one('LayerNormalization', bias === null ? [x, scale] : [x, scale, bias], {
      axis: int(axis),
      epsilon: float(epsilon),
    });
  /**
   * y = x / √(mean(x²) + ε) · scale over the last axis: com.microsoft's name for RMSNorm, which every
   * onnxruntime has.
   */
  SimplifiedLayerNormalization = (x: Value, scale: Value, { axis = -1, epsilon = 1e-6 } = {}) =>
    this.#one('SimplifiedLayerNormalization', [x, scale], {
      axis: int(axis),
      epsilon: float(epsilon),
      stash_type: int(1),
    });

  // …shape

  Shape = (x: Value, range: { start?: number; end?: number } = {}) =>
    this.#one('Shape', [x], {
      start: range.start === undefined ? undefined : int(range.start),
      end: range.end === undefined ? undefined : int(range.end),
    });
  /** `shape` may hold 0 (keep that dimension; with `allowzero`, a size of 0) and one −1. */
  Reshape = (x: Value, shape: readonly number[] | Value, { allowzero = false } = {}) =>
    this.#one('Reshape', [x, this.#indices(shape)], allowzero ? { allowzero: int(1) } : {});
  Transpose = (x: Value, perm: readonly number[]) => this.#one('Transpose', [x], { perm: ints(perm) });
  Squeeze = (x: Value, axes: readonly number[] | Value) => this.#one('Squeeze', [x, this.#indices(axes)]);
  Unsqueeze = (x: Value, axes: readonly number[] | Value) => this.#one('Unsqueeze', [x, this.#indices(axes)]);
  Expand = (x: Value, shape: readonly number[] | Value) => this.#one('Expand', [x, this.#indices(shape)]);
  Tile = (x: Value, repeats: readonly number[] | Value) => this.#one('Tile', [x, this.#indices(repeats)]);
  Concat = (inputs: readonly Value[], axis: number) => this.#one('Concat', inputs, { axis: int(axis) });
  Split = (x: Value, sizes: readonly number[] | Value, axis: number, outputs: number) =>
    this.node('Split', [x, this.#indices(sizes)], { axis: int(axis) }, { outputs });
  Slice = (
    x: Value,
    starts: readonly number[] | Value,
    ends: readonly number[] | Value,
    axes: readonly number[] | Value,
    steps?: readonly number[] | Value,
  ) =>
    this.#one('Slice', [
      x,
      this.#indices(starts),
      this.#indices(ends),
      this.#indices(axes),
      ...(steps === undefined ? [] : [this.#indices(steps)]),
    ]);
  Pad = (x: Value, pads: readonly number[] | Value, value?: Value) =>
    this.#one('Pad', value === undefined ? [x, this.#indices(pads)] : [x, this.#indices(pads), value]);
  /** A tensor of `shape` filled with `value`. */
  ConstantOfShape = (shape: Value, value: InlineInitializer) =>
    this.#one('ConstantOfShape', [shape], { value: { kind: 'tensor', value } });
  Range = (start: Value, limit: Value, delta: Value) => this.#one('Range', [start, limit, delta]);

  // …indexing

  Gather = (x: Value, indices: Value, axis = 0) => this.#one('Gather', [x, indices], { axis: int(axis) });
  GatherElements = (x: Value, indices: Value, axis = 0) =>
    this.#one('GatherElements', [x, indices], { axis: int(axis) });
  GatherND = (x: Value, indices: Value, batchDims = 0) =>
    this.#one('GatherND', [x, indices], { batch_dims: int(batchDims) });
  ScatterElements = (x: Value, indices: Value, updates: Value, { axis = 0, reduction = 'none' } = {}) =>
    this.#one('ScatterElements', [x, indices, updates], { axis: int(axis), reduction: string(reduction) });
  ScatterND = (x: Value, indices: Value, updates: Value, { reduction = 'none' } = {}) =>
    this.#one('ScatterND', [x, indices, updates], { reduction: string(reduction) });

  #one(opType: string, inputs: readonly Value[], attributes: Attributes = {}): Value {
    return this.node(opType, inputs, attributes)[0]!;
  }

  #reduce(opType: string, x: Value, axes: readonly number[] | Value | null, keepdims: 0 | 1): Value {
    const inputs = axes === null ? [x] : [x, this.#indices(axes)];
    return this.#one(opType, inputs, { keepdims: int(keepdims) });
  }

  #indices(values: readonly number[] | Value): Value {
    return typeof values === 'string' ? values : this.int64s(values);
  }

  readonly #contentsOf = (value: Value): readonly Dimension[] | undefined => {
    const known = this.#contents.get(value);
    if (known !== undefined) return known;
    const integers = integersOf(this.graph.initializers.get(value));
    if (integers !== undefined) this.#contents.set(value, integers);
    return integers;
  };

  readonly #inferTypes = inferenceFrom((value) => this.#types.get(value), this.#contentsOf);

  /** The type without what only a declaration says. */
  readonly #followingTypeOf = (value: Value): ValueType | undefined => {
    const known = this.#types.get(value);
    if (known === undefined || !this.#declared.has(value)) return known;
    return { type: known.type, dims: known.dims?.map((size) => (typeof size === 'number' ? null : size)) };
  };

  /** The first node on the way to a value of unknown type whose inputs are all known. */
  #unknownOrigin(value: Value): Node {
    const producers = new Map(
      this.graph.nodes.flatMap((node) => node.outputs.map((output) => [output, node])),
    );
    const unknownInput = ({ inputs }: Node) =>
      inputs.find((input) => input !== '' && !this.#types.has(input));
    let node = producers.get(value)!;
    for (let input = unknownInput(node); input !== undefined; input = unknownInput(node)) {
      node = producers.get(input)!;
    }
    return node;
  }

  /**
   * A size of which nothing is known gets a name of its own: where inference meets it again, the two are
   * known to be equal.
   */
  #declare(name: Value, { type, dims }: ValueType): void {
    this.#names.add(name);
    this.#types.set(name, { type, dims: dims?.map((size) => size ?? `${UNKNOWN}${++this.#unknownSizes}`) });
  }

  #claim(name: string): void {
    if (this.#names.has(name)) {
      throw new InvalidArgumentError(`The graph already has a value named '${name}'.`, { value: name });
    }
    this.#names.add(name);
  }

  #free(base: string, taken: (name: string) => boolean): string {
    if (!taken(base)) return base;
    let i = this.#counters.get(base) ?? 1;
    while (taken(`${base}_${i}`)) i++;
    this.#counters.set(base, i);
    return `${base}_${i}`;
  }

  #infer(node: Node): void {
    const types = this.#inferTypes(node);
    const depends = node.inputs.some((input) => this.#declared.has(input));
    node.outputs.forEach((output, i) => {
      if (output === '') return;
      const type = mergeTypes(types[i], this.graph.valueTypes.get(output) ?? this.graph.outputs.get(output));
      if (depends || type !== types[i]) this.#declared.add(output);
      if (type !== undefined) this.#declare(output, type);
      else this.#names.add(output);
    });
    const contents = inferContents(node, this.#followingTypeOf, this.#contentsOf);
    if (contents !== undefined) this.#contents.set(node.outputs[0]!, contents);
  }
}

/** A size that has no name but the builder's. */
const isUnknown = (size: Dimension): boolean =>
  size === null || (typeof size === 'string' && size.includes(UNKNOWN));

/**
 * What follows from the inputs goes before what the file declares, which fills in what does not follow. A
 * declaration that contradicts what follows is not believed at all: exporters are known to declare sizes of
 * the example they traced.
 */
const mergeTypes = (
  inferred: ValueType | undefined,
  declared: ValueType | undefined,
): ValueType | undefined => {
  if (inferred === undefined || declared === undefined) return inferred ?? declared;
  const [own, stated] = [inferred.dims, declared.dims];
  if (declared.type !== inferred.type || stated === undefined) return inferred;
  if (own === undefined) return declared;
  const contradicts = (size: Dimension, axis: number) =>
    !isUnknown(size) && typeof stated[axis] === 'number' && stated[axis] !== size;
  if (own.length !== stated.length || own.some(contradicts)) return inferred;
  const dims = own.map((size, axis) => (isUnknown(size) ? (stated[axis] ?? size) : size));
  return dims.every((size, axis) => size === own[axis]) ? inferred : { type: inferred.type, dims };
};

export const emptyGraph = (name = 'main'): Graph => ({
  name,
  nodes: [],
  inputs: new Map(),
  outputs: new Map(),
  initializers: new Map(),
  valueTypes: new Map(),
});

/** A constant's element as part of a key; −0 is not 0. */
const literal = (element: unknown): string => (Object.is(element, -0) ? '-0' : String(element));

import { InvalidModelError, UnsupportedError } from '@entrgi/core';
import { checkExternalLocation } from '../model/external-location.js';
import type { Attribute, Graph, Initializer, Model, Node, Value, ValueType } from '../model/model.js';
import { byteSize } from '../values/data-types.js';
import { countElements } from '../values/tensor-size.js';
import { checkSizes } from './check-sizes.js';

const OLDEST_OPSET = 11;
const NEWEST_OPSET = 27;
const NEWEST_IR_VERSION = 14;

/** Operators whose meaning lies in a subgraph or in sequences. */
const REFUSED = /^(Loop|If|Scan|Sequence.*|SplitToSequence|ConcatFromSequence|Optional.*)$/;

export interface CheckOptions {
  /**
   * Let control flow pass: the model is only looked at.
   * @default false
   */
  readonly lookOnly?: boolean;
}

/**
 * Checks that a model is well-formed and of the supported kind: opset 11–27, tensors only, no subgraphs,
 * every value produced exactly once and before its use (hence no cycles), initializers whose bytes agree with
 * their shapes, external data that stays in the model's folder, no value of known shape that is too large to
 * compute.
 * @throws UnsupportedError for a model that is well-formed but of another kind, InvalidModelError otherwise
 */
export function checkModel(model: Model, options: CheckOptions = {}): void {
  checkForm(model, options);
  checkSizes(model.graph);
}

/**
 * The checks of checkModel but for sizes: what was decoded has passed those, and what is made of it will be
 * when it is encoded.
 */
export function checkForm(model: Model, { lookOnly = false }: CheckOptions = {}): void {
  const { irVersion } = model;
  if (!Number.isInteger(irVersion) || irVersion < 4 || irVersion > NEWEST_IR_VERSION) {
    const Kind = irVersion > NEWEST_IR_VERSION ? UnsupportedError : InvalidModelError;
    throw new Kind(`Expected an IR version from 4 to ${NEWEST_IR_VERSION}, got ${irVersion}.`, {
      value: irVersion,
    });
  }
  const opset = model.opsets.get('');
  if (opset === undefined || opset < OLDEST_OPSET || opset > NEWEST_OPSET) {
    const Kind = opset === undefined || opset < 1 ? InvalidModelError : UnsupportedError;
    throw new Kind(
      `Expected an ai.onnx operator set from ${OLDEST_OPSET} to ${NEWEST_OPSET}, got ${opset ?? 'none'}.`,
      { value: opset, hint: 'Export the model at another opset, or convert it (onnx.version_converter).' },
    );
  }
  for (const [domain, version] of model.opsets) {
    if (!Number.isSafeInteger(version) || version < 1) {
      throw new InvalidModelError(
        `Operator set '${domain}': expected a version of at least 1, got ${version}.`,
        {
          value: version,
        },
      );
    }
  }
  checkGraph(model.graph, model.opsets, lookOnly);
}

function checkGraph(graph: Graph, opsets: ReadonlyMap<string, number>, lookOnly: boolean): void {
  const defined = new Set<Value>();
  const define = (name: Value, what: string) => {
    if (name === '') throw new InvalidModelError(`${what}: expected a name, got an empty one.`);
    if (defined.has(name)) {
      throw new InvalidModelError(`${what}: a value named '${name}' exists already.`, { value: name });
    }
    defined.add(name);
  };
  for (const [name, type] of graph.inputs) {
    define(name, 'Input');
    checkType(type, `Input '${name}'`);
  }
  for (const [name, initializer] of graph.initializers) {
    define(name, 'Initializer');
    checkInitializer(initializer, `Initializer '${name}'`);
  }
  for (const node of graph.nodes) {
    const what = `Node '${node.name}' (${node.opType})`;
    if (!lookOnly) refuseControlFlow(node, what);
    checkNode(node, opsets, what);
    for (const input of node.inputs) {
      if (input !== '' && !defined.has(input)) {
        throw new InvalidModelError(`${what}: input '${input}' is not defined before it is used.`, {
          value: input,
        });
      }
    }
    for (const output of node.outputs) if (output !== '') define(output, what);
  }
  if (graph.outputs.size === 0) throw new InvalidModelError('Expected at least one graph output, got none.');
  for (const [name, type] of graph.outputs) {
    if (!defined.has(name))
      throw new InvalidModelError(`Output '${name}' is never produced.`, { value: name });
    checkType(type, `Output '${name}'`);
  }
  for (const [name, type] of graph.valueTypes) checkType(type, `Value '${name}'`);
}

/** What a gradient is written with; a body reads nothing but what the node gives it. */
const isClosedScan = ({ opType, attributes }: Node): boolean =>
  opType === 'Scan' && attributes.body?.kind === 'graph';

function refuseControlFlow(node: Node, what: string): void {
  const { domain, opType, attributes } = node;
  if (isClosedScan(node)) return;
  const isControl = domain === '' && REFUSED.test(opType);
  if (!isControl && !Object.values(attributes).some(({ kind }) => kind === 'subgraph')) return;
  throw new UnsupportedError(`${what}: control flow, subgraphs and sequences are not supported.`, {
    value: opType,
    hint: 'Export the model without them.',
  });
}

function checkNode(node: Node, opsets: ReadonlyMap<string, number>, what: string): void {
  if (node.opType === '') throw new InvalidModelError(`${what}: expected an operator, got none.`);
  if (!opsets.has(node.domain)) {
    throw new InvalidModelError(`${what}: the model imports no operator set '${node.domain}'.`, {
      value: node.domain,
    });
  }
  if (!node.outputs.some((output) => output !== ''))
    throw new InvalidModelError(`${what}: expected an output, got none.`);
  for (const [name, attribute] of Object.entries(node.attributes)) {
    checkAttribute(attribute, `${what}: attribute '${name}'`);
    if (attribute.kind === 'graph') checkGraph(attribute.value, opsets, false);
  }
}

function checkAttribute(attribute: Attribute, what: string): void {
  if (attribute.kind === 'tensor') checkInitializer(attribute.value, what);
  const integers =
    attribute.kind === 'int' ? [attribute.value] : attribute.kind === 'ints' ? attribute.value : [];
  const wrong = integers.find((value) => !Number.isSafeInteger(value));
  if (wrong !== undefined) {
    throw new InvalidModelError(`${what}: expected an integer within ±2⁵³, got ${wrong}.`, { value: wrong });
  }
}

function checkType({ dims = [] }: ValueType, what: string): void {
  const wrong = dims.find((size) => typeof size === 'number' && (!Number.isSafeInteger(size) || size < 0));
  if (wrong !== undefined) {
    throw new InvalidModelError(`${what}: expected sizes of at least 0, got [${dims}].`, { value: dims });
  }
}

function checkInitializer(tensor: Initializer, what: string): void {
  const count = countElements(tensor.dims, what);
  if (tensor.external !== undefined) {
    const { location, offset, length } = tensor.external;
    checkExternalLocation(location, what);
    if (!Number.isSafeInteger(offset) || offset < 0 || !Number.isSafeInteger(offset + length)) {
      throw new InvalidModelError(`${what}: expected an offset from 0 to 2⁵³, got ${offset}.`, {
        value: offset,
      });
    }
    const size = byteSize(tensor.type, count);
    if (length !== size) {
      throw new InvalidModelError(
        `${what}: expected ${size} bytes of external data for ${tensor.type} [${tensor.dims}], got ${length}.`,
        { value: length },
      );
    }
    return;
  }
  const expected = tensor.type === 'int4' || tensor.type === 'uint4' ? byteSize(tensor.type, count) : count;
  if (tensor.data.length !== expected) {
    throw new InvalidModelError(
      `${what}: expected ${expected} elements for ${tensor.type} [${tensor.dims}], got ${tensor.data.length}.`,
      { value: tensor.data.length },
    );
  }
}

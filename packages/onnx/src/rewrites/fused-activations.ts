import type { Value } from '../model/model.js';
import { readAttribute } from '../model/read-attribute.js';
import { float } from '../values/attributes.js';
import type { RewriteRequest, RewriteRule } from './rewrite-rule.js';
import { without } from './rewrite-rule.js';

/** The attributes that an activation's parameters are, in order. */
const parameters: Readonly<Record<string, readonly string[]>> = {
  Relu: [],
  Sigmoid: [],
  Softplus: [],
  Softsign: [],
  Tanh: [],
  Elu: ['alpha'],
  LeakyRelu: ['alpha'],
  ThresholdedRelu: ['alpha'],
  HardSigmoid: ['alpha', 'beta'],
  Selu: ['alpha', 'gamma'],
};

/**
 * What a fused node does last; `given` has the values of its parameters by name, those left out have the
 * operator's defaults.
 */
function activated(
  { g, string, unsupported }: RewriteRequest,
  x: Value,
  given: (name: string, index: number) => number | undefined,
): Value {
  const activation = string('activation', '');
  if (activation === '') return x;
  const values = (names: readonly string[]) =>
    names.map((name, i) => [name, given(name, i)] as const).filter(([, value]) => value !== undefined);
  if (activation === 'Clip') {
    const bounds = values(['min', 'max']).map(([, value]) => g.scalarLike(value!, x));
    return g.node('Clip', [x, ...bounds])[0]!;
  }
  if (!Object.hasOwn(parameters, activation))
    throw unsupported(`its activation '${activation}' is not known`);
  const attributes = values(parameters[activation]!).map(([name, value]) => [name, float(value!)]);
  return g.node(activation, [x], Object.fromEntries(attributes))[0]!;
}

/** What onnxruntime's optimizer makes of an operator and the activation behind it. */
export const fusedActivations: Readonly<Record<string, RewriteRule>> = {
  FusedGemm: (request) => {
    const { g, node } = request;
    const own = ['activation', 'activation_alpha', 'activation_beta', 'activation_gamma'];
    const [y] = g.node('Gemm', node.inputs, without(node, ...own));
    return activated(request, y!, (name) => readAttribute(node, `activation_${name}`, 'float'));
  },
  /** Inputs: input, weights, bias, and what is added before the activation. */
  FusedConv: (request) => {
    const { g, node, input } = request;
    const inputs = node.inputs.slice(0, input(2) === '' ? 2 : 3);
    const [y] = g.node('Conv', inputs, without(node, 'activation', 'activation_params'));
    const sum = input(3) === '' ? y! : g.Add(y!, input(3));
    return activated(request, sum, (_, i) => readAttribute(node, 'activation_params', 'floats')?.[i]);
  },
};

import { type DataType, UnsupportedError } from '@entrgi/core';
import type { GraphBuilder, Model, Value } from '@entrgi/onnx';
import type { Classifier } from '../contracts/classifier.js';
import type { ClassifierInputs } from '../contracts/network.js';
import { appendModel } from './append-model.js';
import { chooseOutput } from './choose-output.js';
import { labelScores } from './label-scores.js';
import type { WordLookup } from './word-lookup.js';

export interface OnnxNetworkOptions
  extends Pick<Classifier, 'name' | 'external' | 'tokenizer' | 'maxLength'> {
  /** A canonical model (opset 21) of a sequence classifier. */
  readonly model: Model;
  /** Its word embeddings, where it is cut so that mixtures can take their place. */
  readonly lookup: WordLookup;
  /**
   * Output to read the reward from, [batch, labels] or [batch].
   * @default `logits`, else the only output
   */
  readonly output?: string | undefined;
  /**
   * Label that is the reward.
   * @default 0
   */
  readonly label?: number | undefined;
  /** How many labels the output must have, if not one score; undefined: any number. */
  readonly labels?: number | undefined;
  /**
   * The number of the first position, for models that read positions.
   * @default 0
   */
  readonly firstPosition?: number | undefined;
}

/**
 * A sequence classifier from an ONNX graph.
 * @throws InvalidArgumentError for an output that it does not have, UnsupportedError for an input whose
 *   meaning is not known; its `rewards` throws UnsupportedError for an output of another shape, and
 *   InvalidArgumentError for a label that it does not have
 */
export const onnxNetwork = (options: OnnxNetworkOptions): Classifier => {
  const { model, lookup, name, label = 0, labels, firstPosition = 0 } = options;
  const output = chooseOutput(model, name, options.output);
  const scope = 'model';
  const tableName = `${scope}/${lookup.table}`;
  const tableIn = (g: GraphBuilder): Value =>
    g.has(tableName) ? tableName : g.initializer(tableName, model.graph.initializers.get(lookup.table)!);
  const inputs = [...model.graph.inputs].filter(([input]) => !model.graph.initializers.has(input));
  for (const [input] of inputs) requireKnownInput(input, name);

  return {
    name,
    external: options.external,
    tokenizer: options.tokenizer,
    maxLength: options.maxLength,
    vocabularySize: lookup.vocabularySize,
    readsAttention: model.graph.inputs.has('attention_mask'),

    embed: (g, ids) => inType(g, g.Gather(tableIn(g), ids), 'float32'),
    embeddingTable: (g) => inType(g, tableIn(g), 'float32'),

    rewards(g, read) {
      const bound = new Map<Value, Value>();
      for (const [input, { type }] of inputs) {
        bound.set(input, inType(g, inputFor(g, input, read, firstPosition), type));
      }
      for (const { outputs } of lookup.nodes) bound.set(outputs[0]!, inType(g, read.embeds, lookup.type));
      const logits = inType(g, appendModel(g, model, scope, bound)(output), 'float32');
      return labelScores(g, logits, { ids: read.ids, label, labels, what: `${name}: the output ${output}` });
    },
  };
};

const inType = (g: GraphBuilder, value: Value, type: DataType): Value =>
  g.typeOf(value).type === type ? value : g.Cast(value, type);

/** What a transformer's exported inputs are called. */
const known = ['input_ids', 'attention_mask', 'token_type_ids', 'position_ids'];

const requireKnownInput = (input: string, model: string): void => {
  if (known.includes(input)) return;
  throw new UnsupportedError(`${model}: the input '${input}' is not known.`, {
    value: input,
    hint: `Expected ${known.slice(0, -1).join(', ')} or ${known.at(-1)}.`,
  });
};

/** What they mean. */
const inputFor = (g: GraphBuilder, input: string, inputs: ClassifierInputs, firstPosition: number): Value => {
  if (input === 'input_ids') return inputs.ids;
  if (input === 'attention_mask') return inputs.attention;
  if (input === 'token_type_ids') return inputs.segments;
  const ones = g.Expand(g.int64s([1]), g.Shape(inputs.ids));
  return g.Add(g.CumSum(ones, g.scalar(1, 'int64')), g.int64s([firstPosition - 1]));
};

import { type DataType, InvalidArgumentError, UnsupportedError } from '@entrgi/core';
import type { GraphBuilder, Model, Value } from '@entrgi/onnx';
import { appendModel } from './append-model.js';
import type { NetworkInputs, RewardNetwork } from './reward-network.js';
import type { WordLookup } from './word-lookup.js';

export interface OnnxNetworkOptions
  extends Pick<RewardNetwork, 'name' | 'folder' | 'tokenizer' | 'maxLength'> {
  /** A canonical model (opset 21) of a sequence classifier. */
  readonly model: Model;
  /** Its word embeddings, where it is cut so that mixtures can take their place. */
  readonly lookup: WordLookup;
  /** Output to read the reward from, [batch, labels] or [batch]. Default: `logits`, else the only output. */
  readonly output?: string | undefined;
  /** Label that is the reward. Default: 0. */
  readonly label?: number | undefined;
}

/**
 * A sequence classifier from an ONNX graph. Throws InvalidArgumentError for an output that it does not have; its `rewards` throws
 * UnsupportedError for an input whose meaning is not known.
 */
export const onnxNetwork = (options: OnnxNetworkOptions): RewardNetwork => {
  const { model, lookup, name, label = 0 } = options;
  const output = rewardOutput(model, name, options.output);
  const scope = 'model';
  const tableName = `${scope}/${lookup.table}`;
  const tableIn = (g: GraphBuilder): Value =>
    g.has(tableName) ? tableName : g.initializer(tableName, model.graph.initializers.get(lookup.table)!);

  return {
    name,
    folder: options.folder,
    tokenizer: options.tokenizer,
    maxLength: options.maxLength,
    rows: lookup.rows,

    embed: (g, ids) => inType(g, g.Gather(tableIn(g), ids), 'float32'),
    embeddingTable: (g) => inType(g, tableIn(g), 'float32'),

    rewards(g, inputs) {
      const bound = new Map<Value, Value>();
      for (const [input, { type }] of model.graph.inputs) {
        if (model.graph.initializers.has(input)) continue;
        bound.set(input, inType(g, inputFor(g, input, inputs, name), type));
      }
      for (const { outputs } of lookup.nodes) bound.set(outputs[0]!, inType(g, inputs.embeds, lookup.type));
      const logits = inType(g, appendModel(g, model, scope, bound)(output), 'float32');
      const { dims } = g.typeOf(logits);
      if (dims !== undefined && (dims.length < 1 || dims.length > 2)) {
        throw new UnsupportedError(
          `${name}: expected the output ${output} to be [batch, labels] or [batch], got [${dims.join(', ')}].`,
          {
            value: dims,
            cure: 'Export the model for the task of sequence classification, or name another output.',
          },
        );
      }
      const labels = dims?.length === 1 ? 1 : dims?.[1];
      if (label < 0 || (typeof labels === 'number' && label >= labels)) {
        throw new InvalidArgumentError(
          `${name}: label: expected one of ${labels ?? '?'} labels, got ${label}.`,
          {
            value: label,
          },
        );
      }
      return dims?.length === 1 ? logits : g.Gather(logits, g.scalar(label, 'int64'), 1);
    },
  };
};

const inType = (g: GraphBuilder, value: Value, type: DataType): Value =>
  g.typeOf(value).type === type ? value : g.Cast(value, type);

/** What a transformer's exported inputs are called, and what they mean. */
const inputFor = (g: GraphBuilder, input: string, inputs: NetworkInputs, model: string): Value => {
  switch (input) {
    case 'input_ids':
      return inputs.ids;
    case 'attention_mask':
      return inputs.attention;
    case 'token_type_ids':
      return inputs.segments;
    case 'position_ids': {
      const ones = g.Expand(g.int64s([1]), g.Shape(inputs.ids));
      return g.Sub(g.CumSum(ones, g.scalar(1, 'int64')), g.int64s([1]));
    }
    default:
      throw new UnsupportedError(`${model}: the input '${input}' is not known.`, {
        value: input,
        cure: 'Expected input_ids, attention_mask, token_type_ids or position_ids.',
      });
  }
};

const rewardOutput = (model: Model, name: string, asked: string | undefined): Value => {
  const outputs = [...model.graph.outputs.keys()];
  const output =
    asked ?? (outputs.includes('logits') ? 'logits' : outputs.length === 1 ? outputs[0]! : undefined);
  if (output !== undefined && outputs.includes(output)) return output;
  throw new InvalidArgumentError(
    `${name}: expected the name of an output, got ${asked === undefined ? 'none' : `'${asked}'`}.`,
    { value: asked, cure: `It has ${outputs.map((each) => `'${each}'`).join(', ')}.` },
  );
};

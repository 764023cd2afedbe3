import { UnsupportedError } from '@entrgi/core';
import type { ConfigReader } from '../files/config-reader.js';

const hint =
  "Take the model that it was made from, in float32, float16 or bfloat16; dtype 'q8' or 'q4' then makes it as small here.";

/** What tensors of quantized weights and of adapters are called. */
const traces: readonly (readonly [RegExp, string])[] = [
  [/\.g_idx$/, 'GPTQ'],
  [/\.qweight$/, 'GPTQ or AWQ'],
  [/\.quant_state\.bitsandbytes__\w+$|\.absmax$/, 'bitsandbytes in 4 bits'],
  [/\.SCB$/, 'bitsandbytes in 8 bits'],
  [/\.weight_packed$|\.weight_shape$/, 'compressed-tensors'],
  [/\.weight_scale(?:_inv)?$/, 'FP8'],
];

/**
 * Throws UnsupportedError where config.json or the names of the tensors say that the weights are quantized,
 * and in what way; or that they are a LoRA's.
 */
export const refuseForeignWeights = (
  directory: string,
  config: ConfigReader,
  tensors: Iterable<string>,
): void => {
  const names = [...tensors];
  const adapter = names.find((name) => /\blora_[AB]\b/.test(name));
  if (adapter !== undefined) {
    throw new UnsupportedError(`${directory}: ${adapter} belongs to an adapter (LoRA).`, {
      value: adapter,
      hint: ADAPTER_CURE,
    });
  }
  const said = config.raw('quantization_config') ?? undefined;
  const found = traces.find(([trace]) => names.some((name) => trace.test(name)));
  if (said === undefined && found === undefined) return;
  const method = said === undefined ? found![1] : methodOf(said as Readonly<Record<string, unknown>>);
  throw new UnsupportedError(
    `${directory}: the weights are quantized by ${method}, which is not read (${
      said === undefined ? names.find((name) => found![0].test(name)) : `config.json: quantization_config`
    }).`,
    { value: said ?? method, hint },
  );
};

/** What quantization_config says. */
const methodOf = (said: Readonly<Record<string, unknown>>): string => {
  const method = typeof said.quant_method === 'string' ? said.quant_method : 'an unnamed method';
  if (said.load_in_4bit === true) return 'bitsandbytes in 4 bits';
  if (said.load_in_8bit === true) return 'bitsandbytes in 8 bits';
  const known: Readonly<Record<string, string>> = { gptq: 'GPTQ', awq: 'AWQ', fp8: 'FP8' };
  const bits = typeof said.bits === 'number' ? ` in ${said.bits} bits` : '';
  return `${Object.hasOwn(known, method) ? known[method] : method}${bits}`;
};

/** What to do about a tensor of a type that only quantized checkpoints have. */
export const FOREIGN_CURE = hint;

/** What to do about an adapter. */
export const ADAPTER_CURE =
  'An adapter changes another model: merge it into that one (merge_and_unload in peft) and save the result.';

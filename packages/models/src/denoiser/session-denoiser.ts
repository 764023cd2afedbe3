import {
  type Backend,
  type BlockAttention,
  type BlockRequest,
  CheckpointError,
  CONTRACT_VERSION,
  type Denoiser,
  type DenoiserBlock,
  type DenoiserRequest,
  disposable,
  InvalidArgumentError,
  type KeptTensor,
  type Session,
  type Tensor,
} from '@entrgi/core';
import type { Tokenizer } from '../contracts/tokenizer.js';

/** A fill-mask network in a session, and what has to be known of it. */
export interface SessionDenoiserOptions {
  readonly name: string;
  /** The folder that it is loaded from. */
  readonly source: string;
  readonly tokenizer: Tokenizer;
  readonly maxLength: number;
  /**
   * Whether the logits that predict position l stand at l − 1 (those of the first position, at the first).
   */
  readonly shifted: boolean;
  /** Where tokens see no later block. */
  readonly blockAttention?: BlockAttention | undefined;
  readonly session: Session;
  /** What the session reads; `positions` are those where the logits stand. */
  feeds(request: DenoiserRequest): Record<string, Tensor>;
  /** Name of the output with the logits, float32 [rows, vocabulary]. */
  readonly output: string;
  /**
   * Where the session keeps the logits: its backend, and a session that gives out what it is fed as `kept`,
   * as `values`.
   */
  readonly kept?: { readonly backend: Backend; reader(): Promise<Session> } | undefined;
  /** Where the network can be run block by block: opens one. */
  readonly openBlock?: ((request: BlockRequest) => Promise<DenoiserBlock>) | undefined;
  /** Frees what else than the session there is. */
  readonly dispose?: (() => Promise<void>) | undefined;
}

/** A denoiser from a session and a tokenizer. */
export const sessionDenoiser = (options: SessionDenoiserOptions): Denoiser => {
  const { name, source, tokenizer, maxLength, shifted, blockAttention, session } = options;
  const { feeds, output, openBlock, kept } = options;
  const { vocabulary } = tokenizer;
  /** What the session is run with. */
  const asked = (request: DenoiserRequest) => {
    checkRequest(request, { name, maxLength, rows: vocabulary.size, blockAttention });
    const { length, positions, signal } = request;
    const at = shifted ? positions.map((p) => (p % length === 0 ? p : p - 1)) : positions;
    return [feeds({ ...request, positions: at }), { signal, fetches: kept ? [] : [output] }] as const;
  };
  const checked = <T extends Pick<Tensor, 'dims'>>(tensor: T, rows: number): T => {
    const { dims } = tensor;
    if (dims.reduce((product, dim) => product * dim, 1) === rows * vocabulary.size) return tensor;
    throw new CheckpointError(
      `${name}: expected logits of shape [${rows}, ${vocabulary.size}], got [${dims.join(', ')}].`,
      { value: dims, hint: 'The network and the tokenizer must come from the same model.' },
    );
  };
  const keptLogits = async (request: DenoiserRequest): Promise<KeptTensor> => {
    const run = await session.runKeeping!(...asked(request));
    return checked(run.kept[output]!, request.positions.length);
  };
  return {
    name,
    source,
    vocabulary,
    maxLength,
    blockAttention,
    encodeText: (text) => tokenizer.encodeText(text),
    encodePrompt(prompt) {
      const ids = tokenizer.encodePrompt(prompt);
      if (ids.length < maxLength) return ids;
      throw new InvalidArgumentError(
        `Expected a prompt of fewer than ${maxLength} tokens, got ${ids.length}.`,
        {
          value: prompt,
          hint: `The window of ${name} holds prompt and response together.`,
        },
      );
    },
    decode: (tokenIds) => tokenizer.decode(tokenIds),
    async logits(request) {
      const rows = request.positions.length;
      if (rows === 0) {
        asked(request);
        return new Float32Array(0);
      }
      if (kept === undefined) {
        const outputs = await session.run(...asked(request));
        return checked(outputs[output] as Tensor<'float32'>, rows).data;
      }
      const tensor = await keptLogits(request);
      try {
        const outputs = await (await kept.reader()).run({ kept: tensor });
        return (outputs.values as Tensor<'float32'>).data;
      } finally {
        await tensor.dispose();
      }
    },
    ...(kept === undefined ? {} : { kept: { backend: kept.backend, logits: keptLogits } }),
    ...(openBlock === undefined
      ? {}
      : {
          async openBlock(request) {
            checkRequest(
              { ...request, positions: new Int32Array(0) },
              { name, maxLength, rows: vocabulary.size, blockAttention },
            );
            return openBlock(request);
          },
        }),
    contract: CONTRACT_VERSION,
    ...disposable(async () => {
      await session.dispose();
      await options.dispose?.();
    }),
  };
};

/** Throws CheckpointError where there is no mask token. */
export const requireMask = ({ vocabulary }: Tokenizer, directory: string): void => {
  if (vocabulary.maskId !== undefined) return;
  throw new CheckpointError(`${directory}: there is no mask token.`, {
    value: directory,
    hint: 'Expected mask_token_id in config.json or mask_token in tokenizer_config.json.',
  });
};

const checkRequest = (
  request: DenoiserRequest,
  {
    name,
    maxLength,
    rows,
    blockAttention,
  }: Pick<SessionDenoiserOptions, 'name' | 'maxLength' | 'blockAttention'> & { rows: number },
): void => {
  const { tokenIds, batch, length, positions, promptLength } = request;
  const fail = (message: string, value: unknown): never => {
    throw new InvalidArgumentError(`${name}: ${message}.`, { value });
  };
  for (const [field, value] of Object.entries({ tokenIds, positions })) {
    if (!(value instanceof Int32Array))
      fail(`expected ${field} in an Int32Array, got ${typeof value}`, value);
  }
  const isCount = (value: number) => Number.isSafeInteger(value) && value >= 1;
  if (!isCount(batch) || !isCount(length) || tokenIds.length !== batch * length) {
    fail(`expected batch × length token ids (${batch} × ${length}), got ${tokenIds.length}`, tokenIds.length);
  }
  if (length > maxLength) fail(`expected sequences of at most ${maxLength} tokens, got ${length}`, length);
  if (blockAttention?.countedFrom === 'response') {
    const fits = Number.isSafeInteger(promptLength) && promptLength! >= 0 && promptLength! <= length;
    if (!fits)
      fail(
        `expected a promptLength, from which blocks are counted, of at most ${length}, got ${promptLength}`,
        promptLength,
      );
  }
  const strange = tokenIds.find((id) => id < 0 || id >= rows);
  if (strange !== undefined) fail(`expected token ids from 0 to ${rows - 1}, got ${strange}`, strange);
  positions.forEach((position, i) => {
    if (position < 0 || position >= tokenIds.length || (i > 0 && position <= positions[i - 1]!)) {
      fail(`expected ascending positions below ${tokenIds.length}, got ${position} at index ${i}`, position);
    }
  });
};

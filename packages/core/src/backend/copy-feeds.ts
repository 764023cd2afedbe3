import { nextTurn, turnIsDue } from '../async/event-loop.js';
import type { Tensor } from '../contracts/runtime/tensor.js';
import { arrayTypes } from './array-types.js';
import type { KeptNumber } from './runtime.js';

/** What is copied in a few milliseconds. */
const PIECE = 2 ** 20;

/**
 * The caller keeps its arrays: what moves to another thread is a copy of exactly each tensor's elements, made
 * in pieces between which the event loop may turn.
 */
export const copyFeeds = async (
  feeds: Readonly<Record<string, Tensor | KeptNumber>>,
): Promise<{ copies: Record<string, Tensor | KeptNumber>; moved: ArrayBuffer[] }> => {
  const moved: ArrayBuffer[] = [];
  const copies: Record<string, Tensor | KeptNumber> = {};
  for (const [name, tensor] of Object.entries(feeds))
    copies[name] = 'kept' in tensor ? numberOf(tensor) : await copyOf(tensor, moved);
  return { copies, moved };
};

/** Without what it is disposed by, which stays with the caller. */
const numberOf = ({ type, dims, kept }: KeptNumber): KeptNumber => ({ type, dims, kept });

const copyOf = async (tensor: Tensor, moved: ArrayBuffer[]): Promise<Tensor> => {
  if (tensor.type === 'string') return tensor;
  const elements = tensor.data as Float32Array;
  const data = new arrayTypes[tensor.type](elements.length) as Float32Array;
  for (let at = 0; at < elements.length; at += PIECE) {
    if (at > 0 && turnIsDue()) await nextTurn();
    data.set(elements.subarray(at, at + PIECE), at);
  }
  moved.push(data.buffer as ArrayBuffer);
  return { type: tensor.type, dims: tensor.dims, data } as Tensor;
};

import { UnsupportedError } from '@entrgi/core';
import type { Component } from '../file/component.js';
import { type Merges, mergeQueue } from './merge-queue.js';
import type { Model } from './model.js';
import { readIds } from './read-ids.js';
import { byteToken } from './unigram.js';
import { unknownTokenError } from './unknown-token-error.js';

/** Longer pieces are not remembered, nor more than so many of them. */
const longestCached = 256;
const cacheSize = 10_000;

/**
 * Characters, of which the pair that comes first in the list of merges is joined, again and again; of equal
 * pairs the leftmost first.
 */
export const bpe = (part: Component): Model => {
  const ids = readIds(part);
  const dropout = part.value('dropout') ?? 0;
  if (dropout !== 0) {
    throw new UnsupportedError(`${part.where}: dropout, which makes ids depend on chance.`, {
      value: dropout,
      hint: 'Set dropout to null in tokenizer.json.',
    });
  }
  const unknown = part.optionalText('unk_token');
  const unknownId = unknown === undefined ? undefined : ids.get(unknown);
  const prefix = part.optionalText('continuing_subword_prefix') ?? '';
  const suffix = part.optionalText('end_of_word_suffix') ?? '';
  const fusesUnknown = part.optionalFlag('fuse_unk') ?? false;
  const hasByteFallback = part.optionalFlag('byte_fallback') ?? false;
  const ignoresMerges = part.optionalFlag('ignore_merges') ?? false;
  const merges = readMerges(part, ids, prefix);
  const queue = mergeQueue(merges);
  const encoder = new TextEncoder();
  const bytes = hasByteFallback ? Array.from({ length: 256 }, (_, byte) => ids.get(byteToken(byte))) : [];

  /** The ids of the characters, before merging. */
  const symbols = (text: string, forbidden: ReadonlySet<number>): number[] => {
    const result: number[] = [];
    let isAfterUnknown = false;
    const flush = (): void => {
      if (isAfterUnknown) result.push(unknownId!);
      isAfterUnknown = false;
    };
    for (let start = 0, end = 0; start < text.length; start = end) {
      end = start + (text.codePointAt(start)! > 0xffff ? 2 : 1);
      let spelled = text.slice(start, end);
      if (start > 0 && prefix !== '') spelled = prefix + spelled;
      if (end === text.length && suffix !== '') spelled += suffix;
      const id = ids.get(spelled);
      if (id !== undefined && !forbidden.has(id)) {
        flush();
        result.push(id);
        continue;
      }
      if (hasByteFallback) {
        const spelt = Array.from(encoder.encode(spelled), (byte) => bytes[byte]);
        if (!spelt.includes(undefined)) {
          // An unknown character before it is written behind it: the Rust library's order.
          for (const byte of spelt) result.push(byte!);
          continue;
        }
      }
      // Without a token for it, an unknown character is left out.
      if (unknown === undefined) continue;
      if (unknownId === undefined) throw unknownTokenError(part.where, text.slice(start, end));
      if (!fusesUnknown) flush();
      isAfterUnknown = true;
    }
    flush();
    return result;
  };

  const caches = [new Map<string, readonly number[]>(), new Map<string, readonly number[]>()];
  return {
    ids,
    size: ids.size,
    unknownId,
    append(result, text, budget, forbidden) {
      budget.spend(text.length);
      const whole = ignoresMerges ? ids.get(text) : undefined;
      if (whole !== undefined && !forbidden.has(whole)) {
        result.push(whole);
        return;
      }
      const cache = caches[forbidden.size === 0 ? 0 : 1]!;
      let merged = cache.get(text);
      if (merged === undefined) {
        merged = queue(symbols(text, forbidden), budget, forbidden);
        if (text.length <= longestCached && cache.size < cacheSize) cache.set(text, merged);
      }
      for (const id of merged) result.push(id);
    },
  };
};

const readMerges = (part: Component, ids: ReadonlyMap<string, number>, prefix: string): Merges => {
  const list = part.value('merges');
  if (!Array.isArray(list)) return part.fail('expected merges to be a list', list);
  const isLegacy = typeof list[0] === 'string';
  const pairs = isLegacy
    ? list.filter((line) => typeof line !== 'string' || !line.startsWith('#version'))
    : list;
  const ranks = new Map<number, number>();
  const results = new Int32Array(pairs.length);
  for (const [rank, merge] of pairs.entries()) {
    const pair: unknown = isLegacy && typeof merge === 'string' ? merge.split(' ') : merge;
    if (!isPair(pair) || (typeof merge === 'string') !== isLegacy) {
      return part.fail('merges: expected pairs of tokens', merge);
    }
    const [left, right] = pair;
    const [a, b, joined] = [ids.get(left), ids.get(right), ids.get(left + withoutPrefix(right, prefix))];
    if (a === undefined || b === undefined || joined === undefined) {
      return part.fail('merges: expected tokens of the vocabulary whose joined text is one too', merge);
    }
    ranks.set(a * 2 ** 26 + b, rank);
    results[rank] = joined;
  }
  return { ranks, results };
};

const isPair = (value: unknown): value is readonly [string, string] =>
  Array.isArray(value) && value.length === 2 && typeof value[0] === 'string' && typeof value[1] === 'string';

/** As many bytes cut off as the prefix has, whatever they are. */
const withoutPrefix = (text: string, prefix: string): string => {
  if (text.startsWith(prefix)) return text.slice(prefix.length);
  const encoder = new TextEncoder();
  return new TextDecoder('utf-8', { ignoreBOM: true }).decode(
    encoder.encode(text).subarray(encoder.encode(prefix).length),
  );
};

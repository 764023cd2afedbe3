import { InvalidArgumentError } from '@entrgi/core';
import type { TraceRecord } from '@entrgi/evaluation/replay';
import { frameOf } from '../protocol/frame-of.js';
import type { Frame, Lane } from '../protocol/protocol.js';
import type { Words } from './words.js';

/** A trace as a lane shows it. */
export interface OpenedTrace {
  readonly title: string;
  readonly steps: number;
  readonly length: number;
  readonly words: Words;
  readonly frames: readonly Frame[];
}

/** More tokens than any page shows. */
const MOST_TOKENS = 100_000;

/**
 * Reads what `generate --trace` writes, of its first prompt. What a trace does not hold (candidates, judge) is empty or NaN. Throws InvalidArgumentError,
 * in words for whoever chose the file, for anything else.
 */
export const readTrace = (text: string, name: string, lane: Lane): OpenedTrace => {
  const all = text
    .split('\n')
    .flatMap((line, i) => (line.trim() === '' ? [] : [parseLine(line, name, i + 1)]));
  const [first] = all;
  if (first === undefined) throw somethingElse(`${name} is empty.`, name);
  const { trajectories, length, steps } = first;
  const records = all.filter(({ prompt }) => prompt === first.prompt);
  const sizes = ({ record }: { record: TraceRecord }) =>
    record.trajectories === trajectories && record.length === length && record.steps === steps;
  if (!records.every((record) => sizes({ record }))) throw damaged(name, 'steps of several sizes');
  const words = wordsOf(records);
  return {
    title: name.replace(/(\.trace)?\.[^.]*$/, ''),
    steps,
    length,
    words,
    frames: framesOf(records, words, lane),
  };
};

const parseLine = (line: string, name: string, number: number): TraceRecord => {
  const value = jsonOf(line);
  if (isRecord(value)) return value;
  if (number === 1) throw somethingElse(`${name} is neither a trace nor a model.`, name);
  throw damaged(`${name}, line ${number}`, value === undefined ? 'no JSON' : 'no step of a trace');
};

const jsonOf = (line: string): unknown => {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
};

/** Whoever drops a picture on the page may not know what it takes. */
const somethingElse = (what: string, name: string): InvalidArgumentError =>
  new InvalidArgumentError(
    `${what} This page opens traces, which are .jsonl files that “Save trace” or entrgi generate --trace has written, and models, which are folders with config.json, weights and tokenizer.json.`,
    { value: name },
  );

const damaged = (source: string, got: string): InvalidArgumentError =>
  new InvalidArgumentError(
    `${source}: expected a step of a trace, got ${got}. The file is damaged, or holds something else too.`,
    { value: source },
  );

const isRecord = (value: unknown): value is TraceRecord => {
  if (typeof value !== 'object' || value === null) return false;
  const { type, step, steps, trajectories, length, prompt, tokenIds, committed, timings } = value as Readonly<
    Record<keyof TraceRecord, unknown>
  >;
  if (type !== 'step-end' || !isWhole(prompt, 0) || !isWhole(trajectories, 1) || !isWhole(length, 1))
    return false;
  const size = trajectories * length;
  return (
    size <= MOST_TOKENS &&
    isWhole(steps, 1) &&
    isWhole(step, 1) &&
    step <= steps &&
    Array.isArray(tokenIds) &&
    tokenIds.length === size &&
    tokenIds.every((id) => isWhole(id, 0)) &&
    Array.isArray(committed) &&
    committed.every((token) => isCommitted(token, trajectories, length)) &&
    typeof (timings as { totalMs?: unknown } | undefined)?.totalMs === 'number'
  );
};

const isWhole = (value: unknown, least: number): value is number =>
  Number.isSafeInteger(value) && (value as number) >= least;

const isCommitted = (token: unknown, trajectories: number, length: number): boolean => {
  if (typeof token !== 'object' || token === null) return false;
  const { trajectory, position, tokenId, text } = token as Readonly<Record<string, unknown>>;
  return (
    isWhole(trajectory, 0) &&
    trajectory < trajectories &&
    isWhole(position, 0) &&
    position < length &&
    isWhole(tokenId, 0) &&
    typeof text === 'string'
  );
};

/** The words that the trace itself spells; its mask is what stands where nothing has been written yet. */
const wordsOf = (records: readonly TraceRecord[]): Words => {
  const tokens: string[] = [];
  const ends = new Set<number>();
  for (const { committed } of records) {
    for (const { tokenId, text } of committed) {
      if (text === '') ends.add(tokenId);
      else tokens[tokenId] = text;
    }
  }
  const { tokenIds, committed, length, remaining } = records[0]!;
  const written = new Set(committed.map(({ trajectory, position }) => trajectory * length + position));
  const isLeft = Array.isArray(remaining) && remaining.some((count) => count > 0);
  const counts = new Map<number, number>();
  Array.from(tokenIds).forEach((id, flat) => {
    if (!written.has(flat)) counts.set(id, (counts.get(id) ?? 0) + 1);
  });
  // What was given stands unwritten beside the masks: these are more, or at least in no vocabulary.
  const unspelled = [...counts].filter(([id]) => tokens[id] === undefined && !ends.has(id));
  const [maskId] = unspelled.toSorted(([, a], [, b]) => b - a)[0] ?? [-1];
  return { tokens, maskId: isLeft ? maskId : -1, endIds: [...ends] };
};

const framesOf = (records: readonly TraceRecord[], words: Words, lane: Lane): Frame[] => {
  let seconds = 0;
  let masked: Int32Array | undefined;
  let rewards = new Float64Array(records[0]!.trajectories).fill(Number.NaN);
  return records.map((record) => {
    const { trajectories, length } = record;
    const tokenIds = Int32Array.from(record.tokenIds);
    seconds += record.timings.totalMs / 1000;
    const last = Array.from(record.rewards?.last ?? []) as (number | null)[];
    // A response that sat a step out stands as it stood.
    rewards = rewards.map((value, k) => (typeof last[k] === 'number' ? last[k] : value));
    const before = masked ?? written(record, words);
    masked = indicesOf(tokenIds, words.maskId);
    return frameOf(record, {
      lane,
      slots: before,
      rewards,
      texts: Array.from({ length: trajectories }, (_, k) =>
        spell(tokenIds.subarray(k * length, (k + 1) * length), words),
      ),
      cost: { denoiserPasses: Number.NaN, gradientPasses: Number.NaN, seconds },
      record,
    });
  });
};

/** What was masked before the first step: what is masked after it, and what it has written. */
const written = ({ tokenIds, committed, length }: TraceRecord, { maskId }: Words): Int32Array =>
  new Int32Array([
    ...indicesOf(Int32Array.from(tokenIds), maskId),
    ...committed.map(({ trajectory, position }) => trajectory * length + position),
  ]).toSorted();

const indicesOf = (ids: Int32Array, id: number): Int32Array =>
  Int32Array.from([...ids.keys()].filter((at) => ids[at] === id));

const spell = (ids: Int32Array, { tokens, maskId, endIds }: Words): string => {
  const end = ids.findIndex((id) => endIds.includes(id));
  return Array.from(end < 0 ? ids : ids.subarray(0, end), (id) =>
    id === maskId ? '' : (tokens[id] ?? ''),
  ).join('');
};

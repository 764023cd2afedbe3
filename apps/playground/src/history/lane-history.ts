import { type Candidates, type Frame, SHOWN } from '../protocol/protocol.js';
import type { Words } from './words.js';

/** What a slot shows at some step. */
export interface Slot {
  readonly position: number;
  /** Undefined while it is masked. */
  readonly tokenId: number | undefined;
  /** Step in which it was committed; 0 while it is masked, and of what was there before the first step. */
  readonly committedAt: number;
  /** Probability of the token when it was committed, after guidance; of a masked one, of its most probable token. NaN where nothing is known. */
  readonly certainty: number;
  /** Weight of the sampled token when it was last masked. */
  readonly weight: number;
  /** Share of its distribution that guidance moved then. */
  readonly moved: number;
  /** How far the reward's gradient told its tokens apart then. */
  readonly pull: number;
  readonly before: readonly Candidate[];
  readonly after: readonly Candidate[];
}

export interface Candidate {
  readonly id: number;
  readonly prob: number;
}

/** The frames of a lane, in their order, and what follows from them. */
export interface LaneHistory {
  readonly frames: readonly Frame[];
  readonly words: Words | undefined;
  /** What the lane is called, where it shows a file instead of a run. */
  readonly title: string | undefined;
  /** Keeps a frame; of a step that it has already, nothing. */
  add(frame: Frame): void;
  /** The same without what came after a step. */
  until(step: number): LaneHistory;
  /** The frame of a step, or the last one before it; undefined before the first. */
  at(step: number): Frame | undefined;
  /** The slots of a response as they were after a step. */
  slots(trajectory: number, step: number): readonly Slot[];
}

interface Shown {
  readonly words: Words | undefined;
  /** Slots of a response. */
  readonly length: number;
  readonly title?: string | undefined;
  readonly frames?: readonly Frame[] | undefined;
}

export const laneHistory = ({ words, length, title, frames: given = [] }: Shown): LaneHistory => {
  const frames = [...given];
  const maskId = words?.maskId ?? -1;

  const slotAt = (flat: number, position: number, now: number): Slot => {
    const id = frames[now]?.tokenIds[flat] ?? maskId;
    const isMasked = id === maskId;
    const since = isMasked ? now : sinceWhen(frames, flat, now);
    const row = frames[since]?.slots.indexOf(flat) ?? -1;
    // A masked slot of which a step said nothing looks as it did before.
    const { frame, at } = isMasked ? lastMasked(frames, flat, now) : { frame: frames[since], at: row };
    const [before, after] = [listOf(frame?.before, at), listOf(frame?.after, at)];
    const certainty = isMasked ? after[0]?.prob : after.find((candidate) => candidate.id === id)?.prob;
    return {
      position,
      tokenId: isMasked ? undefined : id,
      committedAt: isMasked || (since === 0 && row < 0) ? 0 : frames[since]!.step,
      certainty: certainty ?? (after.length > 0 ? 0 : Number.NaN),
      weight: frame?.weights[at] ?? Number.NaN,
      moved: frame?.moved[at] ?? Number.NaN,
      pull: frame?.pull[at] ?? Number.NaN,
      before,
      after,
    };
  };

  return {
    frames,
    words,
    title,
    add(frame) {
      if (frame.step > (frames.at(-1)?.step ?? 0)) frames.push(frame);
    },
    until: (step) =>
      laneHistory({ words, length, title, frames: frames.filter((frame) => frame.step <= step) }),
    at: (step) => frames.findLast((frame) => frame.step <= step),
    slots(trajectory, step) {
      const now = frames.findLastIndex((frame) => frame.step <= step);
      return Array.from({ length }, (_, position) => slotAt(trajectory * length + position, position, now));
    },
  };
};

/** Index of the frame since which a slot has held its token. */
const sinceWhen = (frames: readonly Frame[], flat: number, now: number): number => {
  let since = now;
  while (since > 0 && frames[since - 1]!.tokenIds[flat] === frames[now]!.tokenIds[flat]) since -= 1;
  return since;
};

const lastMasked = (
  frames: readonly Frame[],
  flat: number,
  now: number,
): { readonly frame: Frame | undefined; readonly at: number } => {
  for (let i = now; i >= 0; i--) {
    const at = frames[i]!.slots.indexOf(flat);
    if (at >= 0) return { frame: frames[i], at };
  }
  return { frame: undefined, at: -1 };
};

const listOf = (candidates: Candidates | undefined, row: number): Candidate[] => {
  if (candidates === undefined || row < 0 || candidates.ids.length === 0) return [];
  return Array.from({ length: SHOWN }, (_, c) => ({
    id: candidates.ids[row * SHOWN + c]!,
    prob: candidates.probs[row * SHOWN + c]!,
  })).filter(({ id }) => id >= 0);
};

import { type Candidates, type Frame, SHOWN } from '../engine/protocol.js';

/** What a slot shows at some step. */
export interface Slot {
  readonly position: number;
  /** Undefined while it is masked. */
  readonly tokenId: number | undefined;
  /** Step in which it was committed; 0 while it is masked. */
  readonly committedAt: number;
  /** Probability of the token when it was committed, after guidance; of a masked one, of its most probable token. NaN where nothing is known. */
  readonly certainty: number;
  /** Weight of the sampled token when it was last masked. */
  readonly weight: number;
  /** Share of its distribution that guidance moved then. */
  readonly moved: number;
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
  add(frame: Frame): void;
  /** The frame of a step, or the last one before it; undefined before the first. */
  at(step: number): Frame | undefined;
  /** The slots of a response as they were after a step. */
  slots(trajectory: number, step: number): readonly Slot[];
}

export const laneHistory = (maskId: number, length: number): LaneHistory => {
  const frames: Frame[] = [];
  let committedAt = new Int32Array(0);

  const slotAt = (flat: number, position: number, step: number): Slot => {
    const since = committedAt[flat]! > 0 && committedAt[flat]! <= step ? committedAt[flat]! : 0;
    // A slot that is committed was last masked before the step that committed it.
    const last = since > 0 ? since : step;
    const { frame, row } = lastMasked(frames, flat, last);
    const [before, after] = [listOf(frame?.before, row), listOf(frame?.after, row)];
    const tokenId = since > 0 ? frames.at(-1)!.tokenIds[flat]! : undefined;
    const certainty = tokenId === undefined ? after[0]?.prob : after.find(({ id }) => id === tokenId)?.prob;
    return {
      position,
      tokenId,
      committedAt: since,
      certainty: certainty ?? (tokenId === undefined ? Number.NaN : 0),
      weight: frame?.weights[row] ?? Number.NaN,
      moved: frame?.moved[row] ?? Number.NaN,
      before,
      after,
    };
  };

  return {
    frames,
    add(frame) {
      if (committedAt.length === 0) committedAt = new Int32Array(frame.tokenIds.length);
      frame.tokenIds.forEach((id, flat) => {
        if (id !== maskId && committedAt[flat] === 0) committedAt[flat] = frame.step;
      });
      frames.push(frame);
    },
    at: (step) => frames.findLast((frame) => frame.step <= step),
    slots: (trajectory, step) =>
      Array.from({ length }, (_, position) => slotAt(trajectory * length + position, position, step)),
  };
};

const lastMasked = (
  frames: readonly Frame[],
  flat: number,
  step: number,
): { readonly frame: Frame | undefined; readonly row: number } => {
  for (let i = frames.length - 1; i >= 0; i--) {
    const frame = frames[i]!;
    if (frame.step > step) continue;
    const row = frame.slots.indexOf(flat);
    if (row >= 0) return { frame, row };
  }
  return { frame: undefined, row: -1 };
};

const listOf = (candidates: Candidates | undefined, row: number): Candidate[] => {
  if (candidates === undefined || row < 0) return [];
  return Array.from({ length: SHOWN }, (_, c) => ({
    id: candidates.ids[row * SHOWN + c]!,
    prob: candidates.probs[row * SHOWN + c]!,
  })).filter(({ id }) => id >= 0);
};

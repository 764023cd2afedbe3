import type { StepEditor } from '@entrgi/samplers';
import type { Lane, RunSettings } from '../protocol/protocol.js';

/** What stands from the beginning, as token ids with masks between; undefined where nothing does. */
export const lockedResponse = (
  { locks, maxNewTokens }: Pick<RunSettings, 'locks' | 'maxNewTokens'>,
  maskId: number,
): Int32Array | undefined => {
  const within = locks.filter(({ position }) => position < maxNewTokens);
  if (within.length === 0) return undefined;
  const response = new Int32Array(maxNewTokens).fill(maskId);
  for (const { position, tokenId } of within) response[position] = tokenId;
  return response;
};

/** Puts a lane's edited tokens in their places after their steps; undefined where there are none. */
export const laneEditor = ({ edits }: Pick<RunSettings, 'edits'>, lane: Lane): StepEditor | undefined => {
  const own = edits.filter((edit) => edit.lane === lane);
  if (own.length === 0) return undefined;
  return {
    tokens({ step: now, trajectories, length, tokenIds }) {
      for (const { step, trajectory, position, tokenId } of own) {
        if (step === now && trajectory < trajectories) tokenIds[trajectory * length + position] = tokenId;
      }
    },
  };
};

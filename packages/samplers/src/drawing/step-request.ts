import type { GuidanceContext, RandomStream, RandomStreamKey } from '@entrgi/core';
import type { DenoiserNetwork } from '../prediction/denoiser-network.js';
import type { Prediction, PredictRequest } from '../prediction/predict.js';
import type { MaskedRows } from '../rows/masked-rows.js';
import type { EditableRows, SettledBlocks } from './edit-tokens.js';

/** The random stream of a trajectory in one step. */
export type StepStream = (
  trajectory: number,
  purpose: RandomStreamKey['purpose'],
  guidanceStep?: number,
) => RandomStream;

export interface StepRequest {
  readonly prompt: number;
  readonly step: number;
  readonly prefix: Int32Array;
  /** Responses of all trajectories, shape [trajectories, length]; written to. */
  readonly tokenIds: Int32Array;
  readonly parts: readonly MaskedRows[];
  /** The same with what may be edited; none where nothing is. */
  readonly editable: readonly EditableRows[];
  /** Written to. */
  readonly settled: SettledBlocks;
  readonly network: DenoiserNetwork;
  readonly predictRows: (
    request: PredictRequest & { readonly parts: readonly MaskedRows[]; readonly block: number },
  ) => Promise<Prediction>;
  readonly guidance: GuidanceContext | undefined;
  readonly stream: StepStream;
  readonly orderStream: (trajectory: number) => RandomStream;
}

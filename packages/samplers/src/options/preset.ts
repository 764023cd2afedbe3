import {
  type Draw,
  type EntropyOf,
  filters,
  type LogitOptimizer,
  optimizers,
  type RewardGuidanceOptions,
  type Schedule,
} from '@entrgi/core';
import { requireName } from '@entrgi/core/internal';
import * as draws from '../draws/index.js';
import * as schedules from '../schedules/index.js';
import { type OrderName, orderNamed } from './order-named.js';
import type { SampleOptions } from './sample-options.js';

/** A group of settings by number and name, as a source states it. */
export interface PresetSettings {
  /** Samples per prompt. */
  readonly trajectories: number;
  /** Denoising steps. */
  readonly steps: number;
  /** Response length in tokens. */
  readonly maxNewTokens: number;
  /** Sampling temperature τ. */
  readonly temperature: number;
  readonly topP: number;
  readonly topK?: number | undefined;
  /** In which order positions are committed. */
  readonly order: OrderName;
  /**
   * Noise levels.
   * @default linear
   */
  readonly schedule?: keyof typeof schedules | undefined;
  /**
   * How tokens are drawn.
   * @default inversion
   */
  readonly draw?: keyof typeof draws | undefined;
  /**
   * Fill blocks of this length one after the other.
   * @default one block
   */
  readonly blockLength?: number | undefined;
  /**
   * Classifier-free guidance: s of u + (s + 1)(c − u).
   * @default 0
   */
  readonly classifierFreeScale?: number | undefined;
  /** Whether positions for which an end token was drawn wait. */
  readonly deprioritizeEos: boolean;
  /** Gradient updates per denoising step. */
  readonly guidanceSteps: number;
  readonly update: keyof typeof optimizers;
  /** Step size η of the logit update; the talk's 1/β. */
  readonly learningRate: number;
  readonly entropyOf: EntropyOf;
  /** Temperature of the relaxed distribution; undefined: τ. */
  readonly softTemperature?: number | undefined;
  /** Whether top-p and top-k also go for the hard tokens of guidance. */
  readonly filterHard: boolean;
}

/**
 * The options that settings are: `sample({ ...sample, … })`, guided by `rewardGuidance({ ...guidance, reward
 * })`.
 */
export interface Preset {
  readonly settings: PresetSettings;
  readonly sample: {
    readonly [Option in
      | 'trajectories'
      | 'steps'
      | 'maxNewTokens'
      | 'temperature'
      | 'filters'
      | 'order'
      | 'deprioritizeEos']: NonNullable<SampleOptions[Option]>;
  } & Pick<SampleOptions, 'schedule' | 'draw' | 'blockLength' | 'classifierFreeScale'>;
  readonly guidance: Pick<
    RewardGuidanceOptions,
    'guidanceSteps' | 'optimizer' | 'entropyOf' | 'softTemperature' | 'hardFilters'
  >;
}

/**
 * Settings as options.
 * @throws InvalidArgumentError for a name that there is not, and for what filters and optimizers refuse
 */
export const preset = (settings: PresetSettings): Preset => {
  const { trajectories, steps, maxNewTokens, temperature, topP, topK, order, deprioritizeEos } = settings;
  const { schedule, draw, blockLength, classifierFreeScale } = settings;
  const { guidanceSteps, update, learningRate, entropyOf, softTemperature, filterHard } = settings;
  const chosenOrder = orderNamed(order);
  const chosenSchedule =
    schedule === undefined ? undefined : named<Schedule>('schedule', schedule, schedules);
  const chosenDraw = draw === undefined ? undefined : named<Draw>('draw', draw, draws);
  const optimizer = named<(learningRate: number) => LogitOptimizer>('update', update, optimizers);
  return {
    settings,
    sample: {
      trajectories,
      steps,
      maxNewTokens,
      temperature,
      // As in the published code: top-p first.
      filters: [filters.topP(topP), ...(topK === undefined ? [] : [filters.topK(topK)])],
      order: chosenOrder,
      deprioritizeEos,
      ...(chosenSchedule ? { schedule: chosenSchedule } : {}),
      ...(chosenDraw ? { draw: chosenDraw } : {}),
      ...(blockLength === undefined ? {} : { blockLength }),
      ...(classifierFreeScale === undefined ? {} : { classifierFreeScale }),
    },
    guidance: {
      guidanceSteps,
      optimizer: optimizer(learningRate),
      entropyOf,
      ...(softTemperature === undefined ? {} : { softTemperature }),
      ...(filterHard ? {} : { hardFilters: [] }),
    },
  };
};

/**
 * The variant of that name.
 * @throws InvalidArgumentError, which lists all names, where there is none
 */
const named = <Variant>(
  option: string,
  name: string,
  variants: Readonly<Record<string, Variant>>,
): Variant => {
  requireName(option, name, Object.keys(variants));
  return variants[name]!;
};

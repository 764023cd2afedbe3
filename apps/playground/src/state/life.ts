import { type ReadonlySignal, signal } from '@preact/signals';
import type { Words } from '../history/words.js';
import type { Device } from '../protocol/protocol.js';

export type Status = 'loading' | 'ready' | 'running' | 'paused' | 'done' | 'stopped' | 'failed';

export interface Loading {
  readonly what: string;
  readonly loaded: number;
  readonly total: number;
}

/** How it stands with what computes. */
export interface Life {
  readonly status: ReadonlySignal<Status>;
  readonly loading: ReadonlySignal<Loading | undefined>;
  readonly problem: ReadonlySignal<{ readonly code: string; readonly message: string } | undefined>;
  /** How to go on where the status is `failed`: as before, or without the graphics card. */
  readonly remedy: ReadonlySignal<'again' | 'wasm'>;
  /** How many other tabs of this browser show the playground; counted when this one was loaded. */
  readonly others: ReadonlySignal<number>;
  readonly device: ReadonlySignal<Device | undefined>;
  /** Those of the denoiser that is loaded. */
  readonly words: ReadonlySignal<Words | undefined>;
}

/** For the parts of the store, which change it. */
export type OwnLife = ReturnType<typeof newLife>;

export const newLife = () => ({
  status: signal<Status>('loading'),
  loading: signal<Loading | undefined>(undefined),
  problem: signal<{ code: string; message: string } | undefined>(undefined),
  remedy: signal<'again' | 'wasm'>('again'),
  others: signal(0),
  device: signal<Device | undefined>(undefined),
  words: signal<Words | undefined>(undefined),
});

/** Whether there is anybody to ask. */
export const isUp = ({ status }: Life): boolean => status.value !== 'loading' && status.value !== 'failed';

/** Does what may fail, which then is the problem that is shown. */
export const attempt = async ({ problem }: OwnLife, work: () => Promise<void>): Promise<void> => {
  try {
    await work();
  } catch (error) {
    problem.value = { code: 'file', message: error instanceof Error ? error.message : String(error) };
  }
};

import type { GenerateOptions } from '../generate-options.js';

/** How much of a pair has been tried, and with what. */
export type Checked =
  /** With the files themselves. */
  | 'weights'
  /** With random weights of their shape: that they fit, how much memory they take and how long they run. */
  | 'shape'
  /** Their architectures, against PyTorch on small weights; the files have not been opened. */
  | 'architecture';

/** Two models that go together, and how: `generate({ ...recipe.options, prompt })`. */
export interface Recipe {
  /** What it is, in a line. */
  readonly about: string;
  readonly options: GenerateOptions;
  readonly checked: Checked;
  /** Bytes that both take: resident as measured, or the sum of their weights as they are held. */
  readonly memory: { readonly bytes: number; readonly from: 'measured' | 'weights' };
  /**
   * What one response took, with random weights of these shapes, on two cores of an Intel Xeon with AVX-512.
   * @default not measured
   */
  readonly measured?:
    | readonly {
        /** Whether the reward took part in each step. */
        readonly guided: boolean;
        /** Tokens that a step looks at: those of a block, or of the canvas. */
        readonly tokens: number;
        readonly secondsPerStep: number;
        /** Where a step commits two tokens. */
        readonly tokensPerSecond?: number;
        /** Resident, both models where both took part. */
        readonly bytes: number;
      }[]
    | undefined;
}

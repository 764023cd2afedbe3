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
  /** A guided step of one response, in seconds on two cores; undefined: not measured. */
  readonly secondsPerStep?: { readonly value: number; readonly tokens: number } | undefined;
}

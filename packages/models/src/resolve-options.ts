import type { HubOptions } from './hub-options.js';
import type { WeightChoice } from './weight-choice.js';

/** Where a checkpoint comes from, and which of its weights are wanted. */
export interface ResolveOptions extends HubOptions, WeightChoice {}

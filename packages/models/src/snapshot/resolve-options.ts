import type { WeightChoice } from '../checkpoint/weight-choice.js';
import type { HubOptions } from '../hub/hub-options.js';

/** Where a checkpoint comes from, and which of its weights are wanted. */
export interface ResolveOptions extends HubOptions, WeightChoice {}

import { preset } from '../options/preset.js';
import { published } from './published.js';

/** The authors' code with the defaults of its command line. */
export const reference = preset({ ...published.settings, trajectories: 8, steps: 64, learningRate: 1 });

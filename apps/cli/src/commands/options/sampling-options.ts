import { draws, potentials, remaskings, schedules } from '@entrgi/samplers';
import { InvalidArgumentError, Option } from 'commander';
import { oneOf } from './one-of.js';
import { parseDecimal, parseInteger } from './parse-number.js';

/** How the loop goes, and what is made of its trajectories. Names and values are checked by the library. */
export const samplingOptions = (): Option[] => [
  parsed(
    '--entropy-bound <X>',
    'nats that the order entropyBound commits together (default: 0.1)',
    parseDecimal,
  ),
  named('--schedule <NAME>', 'how many tokens in which step', schedules, 'linear'),
  named('--draw <NAME>', 'how a token is drawn', draws, 'inversion'),
  parsed(
    '--classifier-free-scale <S>',
    'away from what the denoiser says without the prompt, for twice the passes (default: 0)',
    parseDecimal,
  ),
  named('--remasking <NAME>', 'mask committed tokens again, to draw them anew (ReMDM)', remaskings, 'none'),
  parsed(
    '--remasking-share <X>',
    'how many of them (default: 0.02; 0.05 of rescale, 1 of conf)',
    parseDecimal,
  ),
  parsed('--guidance-every <K>', 'guide in every K-th step (default: 1)', parseInteger),
  parsed('--guidance-from <X>', 'guide from this share of the steps on (default: 0)', parseDecimal),
  parsed('--guidance-until <X>', 'guide up to this share of the steps (default: 1)', parseDecimal),
  parsed(
    '--response <JSON>',
    'what stands in it: ["Once"] begins it, [null, "The end."] ends it, a number is so many tokens to write',
    parseParts,
  ),
  parsed(
    '--steering-beta <B>',
    'smc, particle-gibbs: how much reward a nat is worth (default: 1)',
    parseDecimal,
  ),
  named(
    '--potential <NAME>',
    'smc, particle-gibbs: what a look multiplies weights by',
    potentials,
    'difference',
  ),
  parsed(
    '--look-every <N>',
    'smc, particle-gibbs: steps between looks (default: an eighth of them)',
    parseInteger,
  ),
  parsed(
    '--drafts <N>',
    'smc, particle-gibbs: responses drawn of each for a look (default: 1)',
    parseInteger,
  ),
  parsed(
    '--resample-below <X>',
    'smc: resample where fewer than this share of the particles do all the work (default: 1)',
    parseDecimal,
  ),
  parsed('--iterations <N>', 'particle-gibbs: sweeps (default: 2)', parseInteger),
  parsed(
    '--budget-passes <N>',
    'bon-compute: passes of both models (default: what entrgi takes, which is run first)',
    parseInteger,
  ),
  parsed('--budget-seconds <X>', 'bon-compute: the same in seconds', parseDecimal),
];

const parsed = (flags: string, says: string, parse: (text: string) => unknown): Option =>
  new Option(flags, says).argParser(parse);

const named = (flags: string, says: string, variants: object, usual: string): Option =>
  oneOf(flags, `${says}: ${Object.keys(variants).join(', ')} (default: ${usual})`, Object.keys(variants));

/** A JSON list of texts, numbers and null: what stands in a response. What its parts may be is the library's to say. */
export const parseParts = (text: string): readonly (string | number | null)[] => {
  try {
    const parts: unknown = JSON.parse(text);
    if (Array.isArray(parts)) return parts;
  } catch {
    // It says so below.
  }
  throw new InvalidArgumentError('expected a JSON list, such as \'["Once upon a time"]\'');
};

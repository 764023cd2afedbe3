import { Option } from 'commander';
import { oneOf } from './one-of.js';
import { parseVariable } from './parse-variable.js';

/** Which revision of models of the hub. */
export const revisionOption = (): Option =>
  new Option('--revision <REV>', 'branch, tag or commit of hub models that name none (default: main)');

export const offlineOption = (): Option =>
  new Option('--offline', 'download nothing: use what is in the cache');

/** A number where it is one, else a name. */
export const labelOption = (): Option =>
  new Option('--label <LABEL>', 'which label of the reward model is the reward, by number or name').argParser(
    numberOrName,
  );

export const judgeLabelOption = (): Option =>
  new Option(
    '--judge-label <LABEL>',
    'which label of a classifier judges, by number or name (default: the only one)',
  ).argParser(numberOrName);

export const denoiserDtypeOption = (): Option =>
  oneOf(
    '--denoiser-dtype <TYPE>',
    'how its weights are held: fp32, auto (as stored), fp16, bf16, q8, q4',
    dtypes,
  );

export const rewardDtypeOption = (): Option =>
  oneOf('--reward-dtype <TYPE>', 'the same of the reward model; its gradient is exact in each', dtypes);

export const templateVariableOption = (): Option =>
  new Option(
    '--template-variable <NAME=JSON>',
    'given to both chat templates, as enable_thinking=false; may be repeated',
  ).argParser(parseVariable);

export const templateDateOption = (): Option =>
  new Option(
    '--template-date <DATE>',
    'what chat templates that ask for the date are told, as 2026-11-27; without it they cannot ask',
  );

const dtypes = ['fp32', 'auto', 'fp16', 'bf16', 'q8', 'q4'];

const numberOrName = (text: string): number | string => (/^\d+$/.test(text) ? Number(text) : text);

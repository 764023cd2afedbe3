import { Option } from 'commander';

/** Which revision of models of the hub. */
export const revisionOption = (): Option =>
  new Option('--revision <REV>', 'branch, tag or commit of hub models that name none (default: main)');

export const offlineOption = (): Option =>
  new Option('--offline', 'download nothing: use what is in the cache');

/** A number where it is one, else a name. */
export const labelOption = (): Option =>
  new Option('--label <LABEL>', 'which label of the reward model is the reward, by number or name').argParser(
    (text) => (/^\d+$/.test(text) ? Number(text) : text),
  );

/**
 * What a checkpoint is called: of `models--owner--name/snapshots/COMMIT` the repository's name, as the commit
 * says little; else the directory's.
 */
export const checkpointName = (directory: string): string => {
  const parts = directory.split(/[/\\]/).filter(Boolean);
  const repository = parts.at(-2) === 'snapshots' ? /^models--.+?--(.+)$/.exec(parts.at(-3) ?? '') : null;
  return repository?.[1] ?? parts.at(-1) ?? directory;
};

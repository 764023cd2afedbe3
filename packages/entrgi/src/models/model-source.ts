/** What a user calls a model, as the loaders take it: `owner/name@REV` is a repository of the hub and its revision, unless it exists on disk. */
export const modelSource = async (
  given: string,
): Promise<{ readonly source: string; readonly revision?: string }> => {
  const pinned = /^([^@/\\]+\/[^@/\\]+)@(.+)$/.exec(given);
  if (pinned === null) return { source: given };
  const { stat } = await import('node:fs/promises');
  const isPath = (await stat(given).catch(() => undefined)) !== undefined;
  return isPath ? { source: given } : { source: pinned[1]!, revision: pinned[2]! };
};

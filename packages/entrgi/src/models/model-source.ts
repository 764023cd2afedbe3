/**
 * What a user calls a model, as the loaders take it: `owner/name@REV` is a repository of the hub and its
 * revision, `owner/name@REV/onnx/model.onnx` a file of it, unless it exists on disk.
 */
export const modelSource = async (
  given: string,
): Promise<{ readonly source: string; readonly revision?: string }> => {
  const [, id, revision, file = ''] =
    /^([^@/\\]+\/[^@/\\]+)@(.+?)(\/(?:onnx\/)?[^/]+\.onnx)?$/.exec(given) ?? [];
  if (id === undefined || revision === undefined) return { source: given };
  const { stat } = await import('node:fs/promises');
  const isPath = (await stat(given).catch(() => undefined)) !== undefined;
  return isPath ? { source: given } : { source: `${id}${file}`, revision };
};

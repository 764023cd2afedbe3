/** Whether a text can be the id of a repository of the hub, `owner/name`, by the hub's own rules. */
export const isRepositoryId = (text: string): boolean =>
  /^\b[\w.-]{1,96}\b\/\b[\w.-]{1,96}\b$/.test(text) && !/--|\.\.|\.git$/.test(text);

/**
 * Of the address of an ONNX file in a repository, `owner/name/onnx/model.onnx`, the repository's id and the
 * file.
 */
export const splitOnnxFile = (text: string): { readonly id: string; readonly file?: string } => {
  const [, id, file] = /^([^/]+\/[^/]+)\/(.+\.onnx)$/.exec(text) ?? [];
  return id !== undefined && file !== undefined && isRepositoryId(id) ? { id, file } : { id: text };
};

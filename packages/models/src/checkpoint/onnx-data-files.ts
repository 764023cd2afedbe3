/**
 * The files that an ONNX model of a directory keeps weights in, relative to the directory as the model is.
 * @throws InvalidModelError
 */
export const onnxDataFiles = async (directory: string, model: string): Promise<string[]> => {
  // Imported when needed, so that the package also loads in a browser.
  const { readExternalLocations } = await import('@entrgi/onnx/node');
  const folder = model.slice(0, model.lastIndexOf('/') + 1);
  const locations = await readExternalLocations(`${directory}/${model}`);
  return locations.map((location) => folder + location);
};

/**
 * Whether a file is named as exporters name the data of a model: `model.onnx_data`, `model.onnx_data_1`,
 * `model.onnx.data`.
 */
export const isUsualOnnxData = (file: string, model: string): boolean =>
  file.startsWith(model) && /^[_.]data(?:_\d+)?$/.test(file.slice(model.length));

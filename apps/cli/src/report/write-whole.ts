import { openDestination, writeFailure } from '@entrgi/onnx/node';

/** Writes a file that appears under its name only when it is whole. Throws DiskFullError and NotWritableError. */
export const writeWhole = async (path: string, content: string | Uint8Array): Promise<void> => {
  const { file, keep, discard } = await openDestination(path);
  try {
    await file.writeFile(content);
    await keep();
  } catch (error) {
    throw writeFailure(error, path);
  } finally {
    await discard();
  }
};

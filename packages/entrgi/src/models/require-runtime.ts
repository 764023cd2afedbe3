import type { Backend } from '@entrgi/core';
import { encodeModel, GraphBuilder } from '@entrgi/onnx';

/**
 * Throws BackendError where the runtime is missing or of another version: before anything large is fetched
 * for it.
 */
export const requireRuntime = async (backend: Backend): Promise<void> => {
  const g = new GraphBuilder();
  g.output(g.Identity(g.input('x', 'float32', [1])), 'y');
  const session = await backend.createSession({ name: 'a first model', bytes: encodeModel(g.model()) });
  await session.dispose();
};

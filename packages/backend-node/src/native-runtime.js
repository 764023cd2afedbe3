// Plain JavaScript: a worker thread starts from a file that Node can load as it is, from source as well as from the build.
// For the same reason it throws plain errors with a `hint`; the callers, which may import @entrgi/core, type them.

import { disableTelemetry } from './disable-telemetry.js';

const CURE = 'Run `npm install onnxruntime-node@1.30.0`.';

const failure = (message, hint, cause) => Object.assign(new Error(message, { cause }), { hint });

/** Bits of a half-precision array: newer runtimes of JavaScript hand out a Float16Array. */
const stored = (type, data) =>
  type === 'float16' ? new Uint16Array(data.buffer, data.byteOffset, data.length) : data;

/** Imports onnxruntime-node and checks its version. Sessions are known by number. */
export const loadNativeRuntime = async (importRuntime = () => import('onnxruntime-node')) => {
  disableTelemetry();
  let ort;
  try {
    const module = await importRuntime();
    ort = module.default ?? module;
  } catch (cause) {
    throw failure(`onnxruntime-node cannot be loaded: ${String(cause?.message ?? cause)}.`, CURE, cause);
  }
  const version = String(ort.env?.versions?.node);
  const [major, minor] = version.split('.').map(Number);
  if (major !== 1 || !(minor >= 30)) {
    throw failure(`Expected onnxruntime-node ^1.30.0, got ${version}.`, CURE);
  }

  const sessions = new Map();
  let created = 0;
  const describe = ({ name, isTensor, type, shape }) => {
    if (!isTensor) throw failure(`'${name}' is not a tensor.`, 'Only tensors can be inputs and outputs.');
    return { name, type, dims: [...shape] };
  };

  return {
    async create(bytes, settings) {
      const session = await ort.InferenceSession.create(bytes, settings);
      try {
        const inputs = session.inputMetadata.map(describe);
        const outputs = session.outputMetadata.map(describe);
        const id = ++created;
        sessions.set(id, session);
        return { id, inputs, outputs };
      } catch (error) {
        await session.release();
        throw error;
      }
    },

    async run(id, feeds, fetches) {
      const inputs = {};
      for (const [name, { type, data, dims }] of Object.entries(feeds)) {
        inputs[name] = new ort.Tensor(type, data, dims);
      }
      const results = await sessions.get(id).run(inputs, fetches);
      const outputs = {};
      for (const name of fetches) {
        const { type, dims, data } = results[name];
        outputs[name] = { type, dims, data: stored(type, data) };
      }
      return outputs;
    },

    async release(id) {
      const session = sessions.get(id);
      sessions.delete(id);
      await session?.release();
    },

    async close() {
      for (const id of [...sessions.keys()]) await this.release(id);
    },
  };
};

// Plain JavaScript: a worker thread starts from a file that Node can load as it is, from source as well as from the build.
// For the same reason it throws plain errors with a `hint`; the callers, which may import @entrgi/core, type them.

import { disableTelemetry } from './disable-telemetry.js';

const CURE = 'Run `npm install onnxruntime-node@1.30.0`.';

/** What has to be done for a device that this installation has no libraries of. */
const INSTALL = {
  cuda: 'Run `npm install onnxruntime-node@1.30.0` with its install script allowed, on Linux x64 with CUDA 12 and cuDNN 9: it downloads the libraries.',
  webgpu: 'It takes a graphics card with a driver for Vulkan, Metal or Direct3D 12.',
  dml: 'It takes Windows and a graphics card for DirectX 12.',
  coreml: 'It takes macOS.',
};

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
  const keptTensors = new Map();
  let created = 0;
  const describe = ({ name, isTensor, type, shape }) => {
    if (!isTensor) throw failure(`'${name}' is not a tensor.`, 'Only tensors can be inputs and outputs.');
    return { name, type, dims: [...shape] };
  };

  const devices = () => ort.listSupportedBackends?.() ?? [{ name: 'cpu', bundled: true }];

  /** Errors of a device that is there in name alone say what it lacks. */
  const open = async (bytes, { keep = [], ...settings }) => {
    const [provider = 'cpu'] = settings.executionProviders ?? [];
    const device = provider.name ?? provider;
    const names = devices().map(({ name }) => name);
    if (!names.includes(device)) {
      throw failure(
        `The device ${device} is not offered on ${process.platform} ${process.arch}: expected ${names.join(' or ')}.`,
        INSTALL[device],
      );
    }
    try {
      return { session: await ort.InferenceSession.create(bytes, settings), device, keep };
    } catch (cause) {
      if (device === 'cpu') throw cause;
      throw failure(`On ${device}: ${String(cause?.message ?? cause)}`, INSTALL[device], cause);
    }
  };

  /** There, a product over nothing ends the process. */
  const refuseEmpty = (feeds) => {
    for (const [name, { dims }] of Object.entries(feeds)) {
      if (!dims.includes(0)) continue;
      throw failure(
        `'${name}' has no elements ([${dims.join(', ')}]), which products on webgpu cannot take.`,
        'Load a reward with `prefixReuse: false`, or run this model on the device cpu.',
      );
    }
  };

  return {
    devices: async () => devices(),

    async create(bytes, settings) {
      const opened = await open(bytes, settings);
      const { session } = opened;
      try {
        const inputs = session.inputMetadata.map(describe);
        const outputs = session.outputMetadata.map(describe);
        const id = ++created;
        sessions.set(id, opened);
        return { id, inputs, outputs };
      } catch (error) {
        await session.release();
        throw error;
      }
    },

    async run(id, feeds, fetches) {
      const { session, device, keep } = sessions.get(id);
      if (device === 'webgpu') refuseEmpty(feeds);
      const inputs = {};
      for (const [name, { type, data, dims, kept }] of Object.entries(feeds)) {
        inputs[name] = kept === undefined ? new ort.Tensor(type, data, dims) : keptTensors.get(kept);
        if (inputs[name] === undefined)
          throw failure(
            `'${name}' is a tensor that was disposed.`,
            'Dispose it after the last run that takes it.',
          );
      }
      const results = await session.run(inputs, fetches);
      const outputs = {};
      for (const name of fetches) {
        const { type, dims } = results[name];
        if (keep.includes(name)) {
          keptTensors.set(++created, results[name]);
          outputs[name] = { type, dims, kept: created };
        } else outputs[name] = { type, dims, data: stored(type, results[name].data) };
      }
      return outputs;
    },

    async drop(kept) {
      const tensor = keptTensors.get(kept);
      keptTensors.delete(kept);
      tensor?.dispose();
    },

    async release(id) {
      const opened = sessions.get(id);
      sessions.delete(id);
      await opened?.session.release();
    },

    async close() {
      for (const kept of [...keptTensors.keys()]) await this.drop(kept);
      for (const id of [...sessions.keys()]) await this.release(id);
    },
  };
};

import type { Tensor } from '@entrgi/core';
import type { KeptNumber, Runtime, ValueInfo } from '@entrgi/core/backend';
import type * as Ort from 'onnxruntime-web';
import { chooseDevice, type DeviceReport, type WebDevice } from './choose-device.js';
import { deviceWatch, type GpuDevice } from './device-watch.js';

/** What the runtime is loaded for. */
export interface RuntimeRequest {
  readonly device: 'auto' | WebDevice;
  readonly threads?: number | undefined;
  /**
   * Where the runtime's .wasm lies, if not beside its script: a folder's URL with a slash at its end, or a
   * file's.
   */
  readonly wasm?: string | undefined;
}

/** What a session is made with. */
export interface WebSettings {
  readonly disablePrepacking: boolean;
  /** External data by location. */
  readonly files: readonly (readonly [location: string, data: Uint8Array | Blob])[];
  readonly keep: readonly string[];
  readonly hostNodes: readonly string[];
}

export interface WebRuntime extends Runtime {
  create(bytes: Uint8Array, settings: WebSettings): ReturnType<Runtime['create']>;
  report(): Promise<DeviceReport>;
}

const CURE = 'Run `npm install onnxruntime-web@1.30.0`.';

/** Errors are thrown; printing them as well helps nobody. */
const QUIET = { logSeverityLevel: 4 } as const;

const failure = (message: string, hint: string, cause?: unknown) =>
  Object.assign(new Error(message, { cause }), { hint });

/**
 * Imports the build of onnxruntime-web for the device and checks its version. Calls wait for each other: its
 * WebGPU build takes one at a time.
 */
export const loadWebRuntime = async (
  request: RuntimeRequest,
  importRuntime = (device: WebDevice): Promise<unknown> =>
    device === 'webgpu' ? import('onnxruntime-web/webgpu') : import('onnxruntime-web/wasm'),
): Promise<WebRuntime> => {
  const report = await chooseDevice(request);
  const ort = (await importRuntime(report.device).catch((cause) => {
    throw failure(`onnxruntime-web cannot be loaded: ${String(cause?.message ?? cause)}.`, CURE, cause);
  })) as typeof Ort;
  const version = String(ort.env?.versions?.web);
  const [major, minor] = version.split('.').map(Number);
  if (major !== 1 || !(minor! >= 30)) {
    throw failure(`Expected onnxruntime-web ^1.30.0, got ${version}.`, CURE);
  }
  ort.env.wasm.numThreads = report.threads;
  ort.env.logLevel = 'fatal';
  if (request.wasm !== undefined) {
    ort.env.wasm.wasmPaths = request.wasm.endsWith('/') ? request.wasm : { wasm: request.wasm };
  }

  const sessions = new Map<number, { session: Ort.InferenceSession; keep: readonly string[] }>();
  const keptTensors = new Map<number, Ort.Tensor>();
  let created = 0;
  const device = deviceWatch();
  let last: Promise<unknown> = Promise.resolve();
  const inTurn = <T>(work: () => Promise<T>): Promise<T> => {
    const next = last.then(() => device.unlessLost(work));
    last = next.catch(() => {});
    return next;
  };

  /** The WebGPU build leaves a Cast from bfloat16 to nobody, and says so in words that help nobody. */
  const openSession = (bytes: Uint8Array, options: Ort.InferenceSession.SessionOptions) =>
    ort.InferenceSession.create(bytes, options).catch((cause) => {
      if (report.device !== 'webgpu' || !/Provider type for Cast node/.test(String(cause?.message)))
        throw cause;
      throw failure(
        'Its weights are in bfloat16, which WebGPU cannot widen in a browser.',
        "Use device 'wasm', or weights in float32 or float16: dtype 'fp32' makes them so.",
        cause,
      );
    });

  const heldTensor = (name: string, { kept }: KeptNumber): Ort.Tensor => {
    const tensor = keptTensors.get(kept);
    if (tensor !== undefined) return tensor;
    throw failure(`'${name}' is a tensor that was disposed.`, 'Dispose it after the last run that takes it.');
  };
  const ownTensor = ({ type, data, dims }: Tensor, all: Ort.Tensor[]): Ort.Tensor => {
    const tensor = new ort.Tensor(type as 'float32', data as Float32Array, dims);
    all.push(tensor);
    return tensor;
  };

  const release = (id: number): Promise<void> => {
    const opened = sessions.get(id);
    sessions.delete(id);
    // With the device, all that was on it has gone; what waits for it would wait for ever.
    const released = last.then(() => (device.isLost ? undefined : opened?.session.release()));
    last = released.catch(() => {});
    return released;
  };

  return {
    report: async () => report,

    create: (bytes, { disablePrepacking, files, keep, hostNodes }) =>
      inTurn(async () => {
        const session = await openSession(bytes, {
          executionProviders: [
            report.device === 'webgpu' && hostNodes.length > 0
              ? { name: report.device, forceCpuNodeNames: hostNodes }
              : report.device,
          ],
          ...(report.device === 'webgpu' && keep.length > 0
            ? { preferredOutputLocation: Object.fromEntries(keep.map((name) => [name, 'gpu-buffer'])) }
            : {}),
          graphOptimizationLevel: 'all',
          // As in @entrgi/backend-node: shapes vary, and a step function has no gradient.
          enableMemPattern: false,
          ...QUIET,
          externalData: files.map(([path, data]) => ({ path, data })),
          extra: {
            session: {
              ...(disablePrepacking ? { disable_prepacking: '1' } : {}),
              qdq_matmulnbits_accuracy_level: '1',
            },
          },
        });
        const id = ++created;
        try {
          const [inputs, outputs] = [
            session.inputMetadata.map(describe),
            session.outputMetadata.map(describe),
          ];
          sessions.set(id, { session, keep });
          if (report.device === 'webgpu') {
            // The runtime itself destroys the device when no session is left.
            device.watch((await ort.env.webgpu.device) as unknown as GpuDevice, () => sessions.size > 0);
          }
          return { id, inputs, outputs };
        } catch (error) {
          sessions.delete(id);
          await session.release();
          throw error;
        }
      }),

    run: (id, feeds, fetches) =>
      inTurn(async () => {
        const { session, keep } = sessions.get(id)!;
        const inputs: Record<string, Ort.Tensor> = {};
        const own: Ort.Tensor[] = [];
        for (const [name, feed] of Object.entries(feeds)) {
          inputs[name] = 'kept' in feed ? heldTensor(name, feed) : ownTensor(feed, own);
        }
        try {
          const results = await session.run(inputs, fetches, QUIET);
          const outputs: Record<string, Tensor | KeptNumber> = {};
          for (const name of fetches) {
            const { type, dims } = results[name]!;
            if (keep.includes(name)) {
              keptTensors.set(++created, results[name]!);
              outputs[name] = { type: type as 'float32', dims, kept: created };
            } else outputs[name] = stored(results[name]!);
          }
          return outputs;
        } finally {
          for (const tensor of own) tensor.dispose();
        }
      }),

    drop: (kept) =>
      inTurn(async () => {
        keptTensors.get(kept)?.dispose();
        keptTensors.delete(kept);
      }),

    release,

    async close() {
      if (!device.isLost) for (const tensor of keptTensors.values()) tensor.dispose();
      keptTensors.clear();
      for (const id of [...sessions.keys()]) await release(id);
    },
  };
};

const describe = (value: Ort.InferenceSession.ValueMetadata): ValueInfo => {
  if (!value.isTensor)
    throw failure(`'${value.name}' is not a tensor.`, 'Only tensors can be inputs and outputs.');
  return { name: value.name, type: value.type, dims: [...value.shape] };
};

/** Half-precision numbers as their bits: newer browsers hand out a Float16Array. */
const stored = ({ type, dims, data }: Ort.Tensor): Tensor => {
  const { buffer, byteOffset, length } = data as Uint16Array;
  const bits = type === 'float16' ? new Uint16Array(buffer, byteOffset, length) : data;
  return { type, dims, data: bits } as Tensor;
};

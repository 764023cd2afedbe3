import type { Tensor } from '@entrgi/core';
import type { Runtime, ValueInfo } from '@entrgi/core/backend';
import type * as Ort from 'onnxruntime-web';
import { chooseDevice, type DeviceReport, type WebDevice } from './choose-device.js';

/** What the runtime is loaded for. */
export interface RuntimeRequest {
  readonly device: 'auto' | WebDevice;
  readonly threads?: number | undefined;
  /** Where the runtime's .wasm lies, if not beside its script: a folder's URL with a slash at its end, or a file's. */
  readonly wasm?: string | undefined;
}

/** What a session is made with. */
export interface WebSettings {
  readonly disablePrepacking: boolean;
  /** External data by location. */
  readonly files: readonly (readonly [location: string, data: Uint8Array | Blob])[];
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

/** Imports the build of onnxruntime-web for the device and checks its version. Calls wait for each other: its WebGPU build takes one at a time. */
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

  const sessions = new Map<number, Ort.InferenceSession>();
  let created = 0;
  let lost: string | undefined;
  let last: Promise<unknown> = Promise.resolve();
  const inTurn = <T>(work: () => Promise<T>): Promise<T> => {
    const next = last.then(async () => {
      if (lost !== undefined) throw failure(`The graphics device was lost: ${lost}`, 'Reload the page.');
      return work();
    });
    last = next.catch(() => {});
    return next;
  };
  const watchDevice = async (): Promise<void> => {
    if (report.device !== 'webgpu' || created > 1) return;
    const { lost: end } = (await ort.env.webgpu.device) as unknown as GpuDevice;
    end?.then(({ message, reason }) => {
      if (reason !== 'destroyed') lost = message || 'no reason is given.';
    });
  };

  /** The WebGPU build leaves a Cast from bfloat16 to nobody, and says so in words that help nobody. */
  const openSession = (bytes: Uint8Array, options: Ort.InferenceSession.SessionOptions) =>
    ort.InferenceSession.create(bytes, options).catch((cause) => {
      if (report.device !== 'webgpu' || !/Provider type for Cast node/.test(String(cause?.message)))
        throw cause;
      throw failure(
        'Its weights are in bfloat16, which WebGPU cannot widen in a browser.',
        "Use device 'wasm', or weights in float32 or float16.",
        cause,
      );
    });

  const release = (id: number): Promise<void> => {
    const session = sessions.get(id);
    sessions.delete(id);
    const released = last.then(() => session?.release());
    last = released.catch(() => {});
    return released;
  };

  return {
    report: async () => report,

    create: (bytes, { disablePrepacking, files }) =>
      inTurn(async () => {
        const session = await openSession(bytes, {
          executionProviders: [report.device],
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
          await watchDevice();
          sessions.set(id, session);
          return { id, inputs, outputs };
        } catch (error) {
          await session.release();
          throw error;
        }
      }),

    run: (id, feeds, fetches) =>
      inTurn(async () => {
        const inputs: Record<string, Ort.Tensor> = {};
        for (const [name, { type, data, dims }] of Object.entries(feeds)) {
          inputs[name] = new ort.Tensor(type as 'float32', data as Float32Array, dims);
        }
        try {
          const results = await sessions.get(id)!.run(inputs, fetches, QUIET);
          const outputs: Record<string, Tensor> = {};
          for (const name of fetches) outputs[name] = stored(results[name]!);
          return outputs;
        } finally {
          for (const tensor of Object.values(inputs)) tensor.dispose();
        }
      }),

    release,

    async close() {
      for (const id of [...sessions.keys()]) await release(id);
    },
  };
};

interface GpuDevice {
  readonly lost?: Promise<{ readonly message: string; readonly reason?: string }>;
}

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

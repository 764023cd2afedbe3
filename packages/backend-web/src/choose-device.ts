/** Where sessions run. */
export type WebDevice = 'wasm' | 'webgpu';

/** What is used, and why not something better. */
export interface DeviceReport {
  readonly device: WebDevice;
  /** Threads of WebAssembly. */
  readonly threads: number;
  /**
   * Why `auto` did not take WebGPU, or why there is one thread only: a sentence each; empty where neither is
   * so.
   */
  readonly reasons: readonly string[];
}

/** What a browser says of itself, as far as the choice depends on it. */
export interface Surroundings {
  readonly crossOriginIsolated?: boolean;
  readonly navigator?: {
    readonly hardwareConcurrency?: number;
    readonly gpu?: { requestAdapter(): Promise<Adapter | null> };
  };
}

interface Adapter {
  readonly isFallbackAdapter?: boolean;
  readonly info?: { readonly isFallbackAdapter?: boolean };
}

/** More threads than that are seldom faster. */
const MOST_THREADS = 8;

/**
 * Chooses where sessions run: for `auto` WebGPU where a graphics card is behind it, WebAssembly elsewhere,
 * with the reason.
 * @throws a plain error with a `hint` where `webgpu` is asked for and there is none
 */
export const chooseDevice = async (
  { device, threads }: { readonly device: 'auto' | WebDevice; readonly threads?: number | undefined },
  { crossOriginIsolated = false, navigator = {} }: Surroundings = globalThis as Surroundings,
): Promise<DeviceReport> => {
  const reasons: string[] = [];
  let chosen: WebDevice = 'wasm';
  if (device !== 'wasm') {
    const lacking = await whyNoWebGpu(navigator, device === 'auto');
    if (lacking === undefined) chosen = 'webgpu';
    else if (device === 'auto') reasons.push(`WebGPU is not used: ${lacking}.`);
    else {
      throw Object.assign(new Error(`WebGPU cannot be used: ${lacking}.`), {
        hint: "Use a browser with WebGPU, or device: 'wasm'.",
      });
    }
  }
  const cores = navigator.hardwareConcurrency ?? 1;
  const wanted = threads ?? Math.min(MOST_THREADS, cores <= 4 ? cores : Math.ceil(cores / 2));
  if (wanted > 1 && !crossOriginIsolated) {
    reasons.push(
      'One thread only, which is slower: the page’s server does not let threads share memory (it is not cross-origin isolated).',
    );
    return { device: chosen, threads: 1, reasons };
  }
  return { device: chosen, threads: wanted, reasons };
};

const whyNoWebGpu = async (
  { gpu }: NonNullable<Surroundings['navigator']>,
  hardwareOnly: boolean,
): Promise<string | undefined> => {
  if (gpu === undefined) return 'this browser has none, or the page was not loaded over HTTPS';
  const adapter = await gpu.requestAdapter().catch(() => null);
  if (adapter === null) return 'the browser gives it no graphics card';
  const emulated = adapter.info?.isFallbackAdapter ?? adapter.isFallbackAdapter ?? false;
  return emulated && hardwareOnly ? 'the only graphics card is emulated in software' : undefined;
};

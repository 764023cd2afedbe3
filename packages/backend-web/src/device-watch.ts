import { DeviceLostError } from '@entrgi/core';

/** A graphics device of the browser, as far as its end is concerned. */
export interface GpuDevice {
  readonly lost?: Promise<{ readonly message: string; readonly reason?: string }>;
}

/**
 * Has calls fail when the device is lost: those that are under way, whose answer would never come, and all
 * later ones.
 */
export interface DeviceWatch {
  readonly isLost: boolean;
  /** Watches a device from now on; its end is a loss where it is in use then. */
  watch(device: GpuDevice, inUse: () => boolean): void;
  /** One at a time. */
  unlessLost<T>(work: () => Promise<T>): Promise<T>;
}

export const deviceWatch = (): DeviceWatch => {
  const watched = new WeakSet<GpuDevice>();
  let loss: Error | undefined;
  let abandon: (error: Error) => void = () => {};
  return {
    get isLost() {
      return loss !== undefined;
    },
    watch(device, inUse) {
      if (watched.has(device)) return;
      watched.add(device);
      device.lost?.then(({ message, reason }) => {
        if (!inUse()) return;
        loss ??= lossOf(message || reason || 'no reason is given');
        abandon(loss);
      });
    },
    unlessLost: (work) =>
      new Promise((resolve, reject) => {
        if (loss !== undefined) return reject(loss);
        abandon = reject;
        work().then(resolve, async (error) => {
          // What a lost device makes fail may fail before its loss is known.
          await new Promise((next) => setTimeout(next));
          reject(loss ?? error);
        });
      }),
  };
};

const lossOf = (reason: string): Error =>
  Object.assign(new Error(`The graphics device was lost: ${reason}`), {
    code: DeviceLostError.code,
    hint: "Go on with a new backend: with device 'wasm', or in a new worker, where the device is there again.",
  });

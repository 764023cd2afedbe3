import { expect, it } from 'vitest';
import { deviceWatch } from './device-watch.js';

const never = new Promise<never>(() => {});

it('lets pass what comes of a call, as long as the device is there', async () => {
  const watch = deviceWatch();
  watch.watch({ lost: never }, () => true);
  expect(await watch.unlessLost(async () => 1)).toBe(1);
  await expect(watch.unlessLost(() => Promise.reject(new Error('no')))).rejects.toThrow('no');
  expect(watch.isLost).toBe(false);
});

it('fails what waits for a lost device, and what comes later', async () => {
  const watch = deviceWatch();
  watch.watch({ lost: Promise.resolve({ message: '', reason: 'unknown' }) }, () => true);
  const lost = { code: 'device-lost', message: 'The graphics device was lost: unknown' };
  await expect(watch.unlessLost(() => never)).rejects.toMatchObject(lost);
  await expect(watch.unlessLost(async () => 1)).rejects.toMatchObject(lost);
});

it('prefers the loss to what it makes fail a moment before', async () => {
  const watch = deviceWatch();
  let end: (info: { message: string }) => void = () => {};
  watch.watch({ lost: new Promise((resolve) => (end = resolve)) }, () => true);
  const failing = watch.unlessLost(async () => {
    Promise.resolve().then(() => end({ message: 'gone' }));
    throw new Error('a buffer cannot be mapped');
  });
  await expect(failing).rejects.toThrow('The graphics device was lost: gone');
});

it('takes the end of a device that nobody uses for none', async () => {
  const watch = deviceWatch();
  const end = Promise.resolve({ message: 'destroyed', reason: 'destroyed' });
  watch.watch({ lost: end }, () => false);
  await end;
  expect(await watch.unlessLost(async () => 1)).toBe(1);
});

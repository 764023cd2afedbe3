import { NetworkError } from '@entrgi/core';
import { expect, it } from 'vitest';
import { boundedFetch } from './bounded-fetch.js';

/** A server that sends chunks with pauses, for ever. */
const trickle = (bytes: number, pause: number) => (signal: AbortSignal) => async () => {
  const body = new ReadableStream<Uint8Array>({
    async pull(controller) {
      await new Promise((resolve) => setTimeout(resolve, pause));
      if (signal.aborted) controller.error(signal.reason);
      else controller.enqueue(new Uint8Array(bytes));
    },
  });
  signal.addEventListener('abort', () => void body.cancel().catch(() => {}));
  return new Response(body);
};
const never = (signal: AbortSignal) => () =>
  new Promise<Response>((_, reject) => signal.addEventListener('abort', () => reject(signal.reason)));
const signal = new AbortController().signal;

it.each([
  [
    'an answer without end',
    trickle(1000, 1),
    { limit: 5000 },
    'hub does not come to an end: more than 5000 bytes',
  ],
  ['a server that never answers', never, { silence: 50 }, 'silent for 0.05 seconds'],
])('%s is a NetworkError', async (_, server, limits, message) => {
  const asked = boundedFetch(server, signal, 'hub', limits)('http://hub/');
  await expect(asked).rejects.toThrow(message);
  await expect(asked).rejects.toThrow(NetworkError);
});

it('a listing without end is one', async () => {
  const fetch = boundedFetch(() => async () => new Response('[]'), signal, 'hub', { pages: 3 });
  for (let page = 0; page < 3; page += 1) expect(await (await fetch('http://hub/')).text()).toBe('[]');
  await expect(fetch('http://hub/')).rejects.toThrow('more than 3 pages');
});

it('hands on status and headers, and is aborted with the reason', async () => {
  const answer = () => async () => new Response('{}', { status: 201, headers: { Link: '<next>' } });
  const response = await boundedFetch(answer, signal, 'hub')('http://hub/');
  expect([response.status, response.headers.get('Link'), await response.json()]).toEqual([201, '<next>', {}]);
  const controller = new AbortController();
  const asked = boundedFetch(never, controller.signal, 'hub')('http://hub/');
  controller.abort(new Error('enough'));
  await expect(asked).rejects.toThrow('enough');
});

import { createServer, type Server } from 'node:http';
import type { Denoiser, Guidance } from '@entrgi/core';
import { sample } from '@entrgi/samplers';

/** Answers GET /?prompt=… with server-sent events: the text after each step, masks as ░, and at last the whole of it. */
export const storyServer = ({
  denoiser,
  guidance,
  steps,
}: {
  denoiser: Denoiser;
  guidance: Guidance;
  steps: number;
}): Server =>
  createServer(async (request, response) => {
    const prompt = new URL(request.url ?? '/', 'http://localhost').searchParams.get('prompt');
    if (!prompt) return void response.writeHead(400).end('expected ?prompt=…\n');

    // Whoever closes the connection has stopped reading: the step in progress ends, and no other begins.
    const reader = new AbortController();
    response.on('close', () => reader.abort());
    response.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-cache' });
    const send = (event: string, data: unknown) =>
      response.write(`event: ${event}\ndata: ${JSON.stringify(data)}\n\n`);

    try {
      const events = sample({
        denoiser,
        guidance,
        prompts: [prompt],
        trajectories: 1,
        steps,
        maxNewTokens: 32,
        signal: reader.signal,
      });
      for await (const event of events) {
        if (event.type === 'step-end')
          send('step', { step: event.step, text: textSoFar(denoiser, event.tokenIds) });
        else send('end', { text: event.trajectories[0]?.text });
      }
    } catch (error) {
      if (!reader.signal.aborted) send('error', { message: String(error) });
    }
    response.end();
  });

const textSoFar = ({ vocabulary }: Denoiser, tokenIds: Int32Array): string =>
  Array.from(tokenIds, (id) =>
    id === vocabulary.maskId ? '░' : (vocabulary.spelling?.texts[id] ?? ''),
  ).join('');

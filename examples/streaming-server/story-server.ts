import { createServer, type Server } from 'node:http';
import { type GenerateOptions, stream } from 'entrgi';

/** Answers GET /?prompt=… with server-sent events: the text after each step, and at last the whole of it with its reward. */
export const storyServer = (options: Pick<GenerateOptions, 'denoiser' | 'reward' | 'steps'>): Server =>
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
      const { signal } = reader;
      for await (const event of stream({ ...options, prompt, trajectories: 1, maxNewTokens: 32, signal })) {
        if (event.type === 'step-end') send('step', { step: event.step, text: event.texts[0] });
        else send('end', { text: event.result.text, reward: event.result.reward });
      }
    } catch (error) {
      if (!reader.signal.aborted) send('error', { message: String(error) });
    }
    response.end();
  });

import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { onTestFinished } from 'vitest';

/** What a question comes to: log-probabilities by token, or another answer. */
export type Answers = (question: string, number: number) => Readonly<Record<string, number>> | Refusal;

export interface Refusal {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
}

export interface ChatServer {
  readonly url: string;
  readonly questions: string[];
  /** When each request came, in milliseconds. */
  readonly times: number[];
  readonly authorizations: (string | undefined)[];
  /** Most requests that were open at once. */
  most: number;
}

/** A real server with OpenAI's chat completions that answers as it is told, until the test ends. */
export const chatServer = async (answers: Answers, delay = 0): Promise<ChatServer> => {
  const server: ChatServer = { url: '', questions: [], times: [], authorizations: [], most: 0 };
  let open = 0;
  const respond = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    open += 1;
    server.most = Math.max(server.most, open);
    server.times.push(performance.now());
    server.authorizations.push(request.headers.authorization);
    const { model, messages } = JSON.parse(await text(request));
    const question: string = messages[0].content;
    server.questions.push(question);
    await new Promise((done) => setTimeout(done, delay));
    open -= 1;
    const answer = answers(question, server.questions.length);
    if (typeof answer.status === 'number') {
      const { status, headers } = answer as Refusal;
      response.writeHead(status, { 'content-type': 'application/json', ...headers });
      response.end(JSON.stringify({ error: { message: `status ${status}` } }));
      return;
    }
    const tokens = Object.entries(answer as Record<string, number>).map(([token, logprob]) => ({
      token,
      logprob,
      bytes: null,
    }));
    const content = [{ ...tokens[0], top_logprobs: tokens }];
    response.writeHead(200, { 'content-type': 'application/json' });
    response.end(
      JSON.stringify({
        id: 'a',
        object: 'chat.completion',
        created: 0,
        model,
        choices: [
          {
            index: 0,
            finish_reason: 'length',
            message: { role: 'assistant', content: tokens[0]?.token ?? '' },
            logprobs: tokens.length === 0 ? null : { content },
          },
        ],
        usage: { prompt_tokens: 10, completion_tokens: 1, total_tokens: 11 },
      }),
    );
  };
  const listening = createServer((request, response) => void respond(request, response));
  await new Promise<void>((ready) => listening.listen(0, '127.0.0.1', ready));
  onTestFinished(() => {
    listening.closeAllConnections();
    listening.close();
  });
  return Object.assign(server, { url: `http://127.0.0.1:${(listening.address() as AddressInfo).port}/v1` });
};

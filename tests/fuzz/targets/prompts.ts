import { parsePrompts } from '@entrgi/evaluation/internal';
import { mutateBytes } from '../mutate-bytes.js';
import { mutateJson } from '../mutate-json.js';
import type { Target } from '../target.js';

const lines = [
  '{"prompt":"Once upon a time"}',
  '"a text alone"',
  '{"messages":[{"role":"system","content":"Be brief."},{"role":"user","content":"Hello \u00e9"}]}',
];

/** A JSONL file of prompts. */
export const prompts: Target = {
  inputs: async () => [...lines, lines.join('\n')].map((text) => new TextEncoder().encode(text)),
  mutations: [mutateJson, mutateBytes],
  attempt: (bytes) => parsePrompts(bytes, 'prompts.jsonl'),
};

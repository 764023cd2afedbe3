import { smallLine } from '../../packages/evaluation/src/testing/small-line.js';

const steps = {
  rewards: [0.1, null, 0.3],
  entropyWeights: [1, 0.5, null],
  trajectories: [{ tokens: ['On', 'ce', ''], committedAt: [1, 3, 2] }],
};
const conversation = [
  { role: 'system', content: 'Be brief.' },
  { role: 'user', content: 'Once <b>upon</b> a time' },
] as const;

/** Results of every kind: guided and not, judged and not, with steps and without, of a text and of a conversation. */
export const journalLines = [
  smallLine(1, { judge: 0.3 }),
  smallLine(2, { key: 'b', method: 'entrgi', prompt: conversation, steps }),
  smallLine(1, { key: 'c', method: 'entrgi', judge: 0.7, temperature: 0 }),
];

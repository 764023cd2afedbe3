import { Ajv } from 'ajv';
import {
  checks,
  compositeReward,
  generate,
  loadModels,
  penalties,
  type Reward,
  verifiableReward,
} from 'entrgi';

// What a rule can decide, of any text: JSON of a schema, a regular expression, a length, the answer of a sum.
const isPerson = new Ajv().compile({
  type: 'object',
  required: ['name', 'age'],
  properties: { name: { type: 'string' }, age: { type: 'integer', minimum: 0 } },
});
const sumOf = (prompt: unknown) => {
  const [a = 0, b = 0] = String(prompt).match(/\d+/g)!.map(Number);
  return a + b;
};
const rules: readonly (readonly [rule: Reward, prompt: string, responses: readonly string[]])[] = [
  [verifiableReward('JSON', checks.json(isPerson)), 'Who?', ['{"name": "Mia", "age": 7}', '{"name": "Mia"}']],
  [verifiableReward('a date', checks.matches(/^\d{4}-\d{2}-\d{2}$/)), 'When?', ['2026-11-27', 'on Friday']],
  [verifiableReward('short', checks.length({ atMost: 3 })), 'Well?', ['Yes, I do.', 'I do not know that.']],
  [verifiableReward('a sum', checks.answers(sumOf)), 'What is 17 + 25?', ['17 + 25 = 42.', 'It is 43.']],
];
for (const [rule, prompt, responses] of rules) {
  console.log(`${rule.name}: ${(await rule.score(prompt, responses)).join(', ')}`);
}

// Rules have no gradient, and steer all the same: a story with a smile in it, that is short and says nothing twice.
const steps = Number(process.env.STEPS ?? 32);
const prompt = 'Complete this story: Rosie the cow packed some grass in a bag.';
const models = await loadModels();
const reward = compositeReward([
  { reward: verifiableReward('a smile', checks.matches(/\b(happy|smiled)\b/)), weight: 1 },
  { reward: penalties.length(24), weight: 1 },
  { reward: penalties.repetition(2), weight: 2 },
]);
for (const method of ['bon', 'smc'] as const) {
  const options = { prompt, denoiser: models.denoiser, reward, method, steeringBeta: 0.1, drafts: 2 };
  const { text, reward: score } = await generate({ ...options, trajectories: 8, steps, maxNewTokens: 32 });
  console.log(`${method}: ${score.toFixed(2)}\n  ${text.trim()}`);
}
await models.dispose();

import { generate, loadModels } from 'entrgi';

const steps = Number(process.env.STEPS ?? 32);
const prompt = 'Complete this story: Ben found a map in an old book.';
const models = await loadModels();
const { denoiser, reward } = models;

// Text stands as it is, a number says how many tokens are written there, null takes what is left.
const responses = {
  'a beginning': ['Ben ran to his sister'],
  'an ending': [null, ' And the map was never seen again.'],
  'a gap': ['They followed the map to', 8, ' and there they found a box.', null],
};
for (const [name, response] of Object.entries(responses)) {
  // The reward reads the whole response, what stands included, so that the gaps are written to fit.
  const result = await generate({ prompt, response, denoiser, reward, steps, maxNewTokens: 32 });
  console.log(`${name}, reward ${result.reward.toFixed(2)}\n  ${result.text.trim()}`);
}
await models.dispose();

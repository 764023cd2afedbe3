import { nodeBackend } from '@entrgi/backend-node';
import { relaxations, rewardGuidance } from '@entrgi/core';
import { loadDenoiser } from '@entrgi/models';
import { loadReward } from '@entrgi/rewards';
import { denoiserDirectory, rewardDirectory } from '@entrgi/tiny-stories';
import { storyServer } from './story-server.ts';

// The models run in a thread of their own: this one stays free to accept, to write and to notice who has left.
const backend = nodeBackend({ worker: true });
const denoiser = await loadDenoiser(denoiserDirectory, { backend });
const reward = await loadReward(rewardDirectory, { backend });
const guidance = rewardGuidance({ reward, relaxation: relaxations.entrgi });

const server = storyServer({ denoiser, guidance, steps: Number(process.env.STEPS ?? 32) });
server.listen(Number(process.env.PORT ?? 3000), () => {
  console.log('curl -N "localhost:3000/?prompt=Complete+this+story:+A+tired+knight+came+to+a+castle."');
});

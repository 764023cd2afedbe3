import { loadModels } from 'entrgi';
import { storyServer } from './story-server.ts';

// The models run in a thread of their own: this one stays free to accept, to write and to notice who has left.
const { denoiser, reward } = await loadModels();

const server = storyServer({ denoiser, reward, steps: Number(process.env.STEPS ?? 32) });
server.listen(Number(process.env.PORT ?? 3000), () => {
  console.log('curl -N "localhost:3000/?prompt=Complete+this+story:+A+tired+knight+came+to+a+castle."');
});

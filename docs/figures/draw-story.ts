// The picture of the README, from a run of the embedded models: npm run figures
import { writeFile } from 'node:fs/promises';
import { storyPicture } from './story-picture.ts';
import { writtenStories } from './written-story.ts';

// The opening of the demo.
const prompt = 'Complete this story: The yellow bus was late again. Sam sat on the bench with his lunch box.';
const [unguided, guided] = await writtenStories(prompt, ['bon', 'entrgi']);
await writeFile(
  new URL('story.svg', import.meta.url),
  storyPicture(prompt, { unguided: unguided!, guided: guided! }),
);

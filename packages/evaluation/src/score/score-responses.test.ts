import { blackBoxReward } from 'entrgi';
import { expect, test } from 'vitest';
import { type RatedResponse, scoreResponses } from './score-responses.js';

test('any reward can be the judge', async () => {
  const letters = blackBoxReward('letters', (_, texts) => texts.map(({ length }) => length));
  const words = blackBoxReward('words', (_, texts) => texts.map((text) => text.split(' ').length));
  const pairs = ['a cat', 'a small dog'].map((response) => ({ prompt: 'p', response }));
  const rated: RatedResponse[] = [];
  for await (const each of scoreResponses(pairs, { reward: words, judge: letters })) rated.push(each);
  expect(rated).toEqual([
    { ...pairs[0], reward: 2, judge: 5 },
    { ...pairs[1], reward: 3, judge: 11 },
  ]);
});

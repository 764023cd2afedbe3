import { expect, it } from 'vitest';
import { fixtureNumbers } from '../../../fixtures/fixture.js';
import { logBucket } from './log-bucket.js';

it('is what transformers computes, in either direction', async () => {
  const { logBuckets } = await fixtureNumbers('deberta-reward');
  for (const { buckets, reach, data } of logBuckets!) {
    expect(data).toHaveLength(reach);
    expect(data.map((_, distance) => logBucket(distance, buckets, reach))).toEqual(data);
    expect(data.slice(1).map((_, i) => logBucket(-1 - i, buckets, reach))).toEqual(
      data.slice(1).map((x) => -x),
    );
  }
});

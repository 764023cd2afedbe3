import { expect, test } from 'vitest';
import { ofShard, shardOf } from './shard.js';

test('all shards together have each once, and are of equal size', () => {
  const all = Array.from({ length: 23 }, (_, i) => i);
  for (const count of [1, 2, 5, 23, 40]) {
    const shards = Array.from({ length: count }, (_, i) => ofShard(all, { index: i + 1, count }));
    expect(shards.flat().toSorted((a, b) => a - b)).toEqual(all);
    const sizes = shards.map((shard) => shard.length);
    expect(Math.max(...sizes) - Math.min(...sizes)).toBeLessThanOrEqual(1);
  }
});

test('which shard: as said, or as SLURM and Kubernetes say', () => {
  expect(shardOf(undefined, {})).toBeUndefined();
  expect(shardOf('2/3', { JOB_COMPLETION_INDEX: '0' })).toEqual({ index: 2, count: 3 });
  expect(shardOf('/3', { JOB_COMPLETION_INDEX: '0' })).toEqual({ index: 1, count: 3 });
  const slurm = (id: string) => ({
    SLURM_ARRAY_TASK_ID: id,
    SLURM_ARRAY_TASK_MIN: '10',
    SLURM_ARRAY_TASK_STEP: '5',
    SLURM_ARRAY_TASK_COUNT: '3',
  });
  expect(['10', '15', '20'].map((id) => shardOf(undefined, slurm(id))!.index)).toEqual([1, 2, 3]);
  expect(shardOf(undefined, slurm('20'))!.count).toBe(3);
  for (const wrong of ['0/3', '4/3', '1/0', 'x', '1', '/0', '-1/3']) {
    expect(() => shardOf(wrong, { JOB_COMPLETION_INDEX: '0' })).toThrow(
      'shard: expected i/n with i from 1 to n',
    );
  }
  expect(() => shardOf('/3', {})).toThrow('Say which, such as 1/3.');
  expect(() => shardOf('/3', { JOB_COMPLETION_INDEX: '3' })).toThrow('got /3');
});

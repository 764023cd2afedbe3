import { UnsupportedError, type Vocabulary, type Warning } from '@entrgi/core';
import { describe, expect, it, vi } from 'vitest';
import { emitWarning } from './emit-warning.js';
import { rewardTokens } from './reward-tokens.js';

/** Nothing is known of what its tokens spell: the share of tokens counts. */
const vocabulary = (...tokens: string[]): Vocabulary => ({
  size: tokens.length,
  tokens,
  unknownId: 0,
  endIds: [],
  specialIds: [0],
});
const denoiser = vocabulary('?', 'a', 'b', 'c', 'd', 'e', 'f', 'g', 'h', 'i');

const told = (reward: Vocabulary, options: Parameters<typeof rewardTokens>[2] = {}) => {
  const warnings: Warning[] = [];
  const idsOf = rewardTokens('judge', reward, { ...options, onWarning: (warning) => warnings.push(warning) });
  return { idsOf, warnings };
};

describe('rewardTokens', () => {
  it('says nothing where nine tokens in ten are there', () => {
    const { idsOf, warnings } = told(vocabulary('?', 'a', 'b', 'c', 'd', 'e', 'f', 'g', 'h'));
    expect(idsOf(denoiser)).toEqual(Int32Array.of(0, 1, 2, 3, 4, 5, 6, 7, 8, 0));
    expect(warnings).toEqual([]);
  });

  it('warns once of a denoiser whose tokens are missing', () => {
    const { idsOf, warnings } = told(vocabulary('?', 'a', 'b', 'c', 'd'));
    expect(idsOf(denoiser)).toBe(idsOf(denoiser));
    expect(warnings).toMatchObject([{ code: 'token-coverage', value: 0.5 }]);
    expect(warnings[0]!.message).toContain("Reward 'judge' has tokens for 50.0 %");
  });

  it('refuses where fewer than half are there, unless told', () => {
    const few = vocabulary('?', 'a', 'b', 'c');
    const { idsOf, warnings } = told(few);
    expect(() => idsOf(denoiser)).toThrow(UnsupportedError);
    expect(() => idsOf(denoiser)).toThrow(
      `expected it to have tokens for at least 50.0 %, but it has tokens for 40.0 % of what the denoiser writes in a sample text (it lacks "d" "e" "f" "g" "h" …).`,
    );
    expect(warnings).toEqual([]);
    const all = told(few, { minimumCoverage: 0, missingTokens: 'zero' });
    expect(all.idsOf(denoiser)).toEqual(Int32Array.of(0, 1, 2, 3, -1, -1, -1, -1, -1, -1));
    expect(all.warnings).toHaveLength(1);
    expect(() => told(denoiser, { minimumCoverage: 1 }).idsOf(vocabulary('?', 'a', 'z'))).toThrow('100.0 %');
  });
});

it('a warning that nobody asked for is the process’s', () => {
  const emit = vi.spyOn(process, 'emitWarning').mockImplementation(() => {});
  emitWarning({ code: 'token-coverage', message: 'Few tokens.', value: 0.6 });
  expect(emit).toHaveBeenCalledWith('Few tokens.', { type: 'EntrgiWarning', code: 'token-coverage' });
  emit.mockRestore();
});

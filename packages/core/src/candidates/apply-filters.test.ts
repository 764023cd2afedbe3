import { describe, expect, test } from 'vitest';
import { type Filter, filters, NumericalError } from '../index.js';
import { applyFilters, keepMostProbable } from './apply-filters.js';

const probs = () => Float32Array.of(0.5, 0.25, 0.25);
const apply = (all: readonly Filter[], tokenIds?: Int32Array) => {
  const filtered = probs();
  applyFilters(all, filtered, tokenIds);
  return filtered;
};

test('applies filters in order and rescales what they leave unscaled', () => {
  expect(apply([])).toEqual(probs());
  expect(apply([filters.ban([0]), filters.topK(1)])).toEqual(Float32Array.of(0, 1, 0));
  expect(apply([filters.ban([9])], Int32Array.of(8, 9, 10))[2]).toBeCloseTo(1 / 3, 6);
  expect(apply([(p) => void p.fill(8)])[0]).toBeCloseTo(1 / 3, 6);
});

describe('refuses, naming the filter', () => {
  const setTo = (value: number): Filter =>
    function strange(p) {
      p[1] = value;
    };
  test.each<[string, Filter, RegExp]>([
    ['NaN', setTo(Number.NaN), /^filters\[1\] \(strange\): .* got NaN for token 6/],
    ['a negative number', setTo(-0.25), /^filters\[1\] \(strange\): .* got -0.25 for token 6/],
    ['an infinity', setTo(Number.POSITIVE_INFINITY), /^filters\[1\] .* got Infinity for token 6/],
    ['nothing', (p) => void p.fill(0), /^filters\[1\]: .* got none above 0/],
    ['nothing, by a ban of all that there is', filters.ban([5, 6, 7]), /^filters\[1\]: .* got none above 0/],
  ])('one that leaves %s', (_, filter, message) => {
    const failing = () => apply([filters.topK(3), filter], Int32Array.of(5, 6, 7));
    expect(failing).toThrow(NumericalError);
    expect(failing).toThrow(message);
  });
});

test('knows whether the most probable token stays', () => {
  expect(keepMostProbable([])).toBe(true);
  expect(keepMostProbable([filters.topP(0.9), filters.topK(5)])).toBe(true);
  expect(keepMostProbable([filters.topP(0.9), filters.ban([])])).toBe(false);
  expect(keepMostProbable([() => {}])).toBe(false);
});

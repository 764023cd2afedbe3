import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { Operator } from '../rule/operators.js';
import type { Entry } from '../rule/rule.js';
import { gradientCases } from '../testing/gradient-cases.js';
import { families, rules } from './index.js';

/** Compiles only if the table has no operator that `Operator` lacks. */
const complete: Readonly<Record<keyof typeof rules, Operator | undefined>> = {} as Record<Operator, Operator>;

const entries = Object.entries(rules as Readonly<Record<string, Entry>>);

describe('the table of rules', () => {
  it('defines no operator twice', () => {
    expect(complete).toBeDefined();
    const names = Object.values(families).flatMap((family) => Object.keys(family));
    expect(names.filter((name, i) => names.indexOf(name) !== i)).toEqual([]);
    expect(names.sort()).toEqual(Object.keys(rules).sort());
  });

  it('has a gradient case for every rule', () => {
    const tested = new Set(gradientCases.map(({ operator }) => operator));
    // This rule is a refusal: its test is the error.
    const refusing = ['DequantizeLinear'];
    const untested = entries.filter(([name, entry]) => typeof entry === 'function' && !tested.has(name));
    expect(untested.map(([name]) => name).sort()).toEqual(refusing);
  });

  it('is the table of the README', () => {
    const readme = readFileSync(new URL('../../README.md', import.meta.url), 'utf8');
    const section = readme.slice(readme.indexOf('## Operators'), readme.indexOf('## Add a rule'));
    const rows = section.matchAll(/^\| (\w+) +\| (.+?) +\|$/gm);
    const listed = Object.fromEntries([...rows].slice(1).map(([, family, operators]) => [family, operators]));
    const described = Object.fromEntries(
      Object.entries(families).map(([family, members]) => [family, Object.keys(members).sort().join(' ')]),
    );
    expect(listed).toEqual(described);
  });
});

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { strictJson } from './strict-json.js';

describe('strictJson', () => {
  it('parses what JSON.parse parses', () => {
    fc.assert(
      fc.property(fc.json(), fc.constantFrom(undefined, 1, '\t'), (text, space) => {
        const pretty = JSON.stringify(JSON.parse(text), null, space);
        expect(strictJson(pretty)).toEqual(JSON.parse(text));
      }),
    );
  });

  it.each([
    '{"a":1,"a":2}',
    '{"a" : 1 , "\\u0061"\n: 2}',
    '[{"x":{"b":[],"c":{"d":"\\"d\\":{"},"b":0}}]',
    '{"__proto__":1,"__proto__":2}',
  ])('refuses a key given twice: %s', (text) => {
    expect(JSON.parse(text)).toBeDefined();
    expect(() => strictJson(text)).toThrow('twice');
  });

  it.each(['{"a":{"a":{"a":1}}}', '[{"a":1},{"a":2}]', '{"a":"b","b":"a"}', '{"a":"{\\"a\\":1,\\"a\\":2}"}'])(
    'allows it in different objects: %s',
    (text) => expect(strictJson(text)).toEqual(JSON.parse(text)),
  );

  it('refuses what is nested more than 1000 deep, however often brackets stand in strings', () => {
    const nested = (depth: number, open = '[', close = ']') => open.repeat(depth) + close.repeat(depth);
    expect(strictJson(nested(1000))).toEqual(JSON.parse(nested(1000)));
    for (const text of [nested(1001), nested(1e6), nested(600, '[{"]]]]\\"":', '}]')]) {
      expect(() => strictJson(text)).toThrow('nested more than 1000 deep');
    }
    expect(strictJson(JSON.stringify({ a: '['.repeat(2000) }))).toEqual({ a: '['.repeat(2000) });
  });

  it('refuses what is not JSON', () => expect(() => strictJson('{"a":}')).toThrow(SyntaxError));
});

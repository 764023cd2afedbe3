import fc from 'fast-check';
import { expect, test } from 'vitest';
import { parseTemplateDate, templateDateText } from './template-date.js';

test('a day is its midnight here, a time without a zone is here, one with a zone is there', () => {
  expect(parseTemplateDate('2026-11-27')).toEqual(new Date(2026, 10, 27));
  expect(parseTemplateDate('2026-11-27T18:30')).toEqual(new Date(2026, 10, 27, 18, 30));
  expect(parseTemplateDate('2024-02-29T18:30:05.250')).toEqual(new Date(2024, 1, 29, 18, 30, 5, 250));
  expect(parseTemplateDate('2026-11-27T18:30:00+02:00')).toEqual(new Date(Date.UTC(2026, 10, 27, 16, 30)));
  expect(parseTemplateDate('2026-11-27T18:30:00Z')).toEqual(new Date(Date.UTC(2026, 10, 27, 18, 30)));
});

test.each([
  'tomorrow',
  '',
  '27.11.2026',
  '2026-11',
  '2026-02-30',
  '2026-02-30T10:00',
  '2025-02-29',
  '2026-13-01',
  '2026-11-27T25:00',
  '2026-11-27 18:30',
])('%j is none', (text) => {
  expect(parseTemplateDate(text)).toBeUndefined();
});

test('written and read again, a date is the same', () => {
  const noon = fc.date({ min: new Date(1971, 0, 1), max: new Date(2099, 0, 1), noInvalidDate: true });
  fc.assert(
    fc.property(noon, (date) => {
      // An hour that a clock shows twice is not told apart.
      date.setHours(12);
      expect(parseTemplateDate(templateDateText(date))).toEqual(date);
    }),
  );
  expect(templateDateText(new Date(2026, 10, 27))).toBe('2026-11-27T00:00:00');
});

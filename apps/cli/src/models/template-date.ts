import { InvalidArgumentError } from '@entrgi/core';
import { parseTemplateDate } from '@entrgi/models/internal';

/** What chat templates are told, from `--template-date`. */
export const templateDateOf = (text: string | undefined): Date | undefined => {
  if (text === undefined) return undefined;
  const date = parseTemplateDate(text);
  if (date !== undefined) return date;
  throw new InvalidArgumentError(
    `templateDate: expected a date such as 2026-11-27 or 2026-11-27T18:30:00, got ${text}.`,
    { value: text, argument: 'templateDate' },
  );
};

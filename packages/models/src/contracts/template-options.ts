import { InvalidArgumentError } from '@entrgi/core';
import type { OptionNames } from '@entrgi/core/internal';

/** What a chat template is given besides the conversation. */
export interface TemplateOptions {
  /**
   * Variables of the chat template by name, as JSON: `{ enable_thinking: false }`, `{ tools: […] }`. Their
   * texts never become special tokens.
   * @default none, but what the model's family is used with
   */
  readonly templateVariables?: Readonly<Record<string, unknown>> | undefined;
  /**
   * What a chat template that asks for the date is told, in local time.
   * @default it cannot ask, and results do not depend on the day
   */
  readonly templateDate?: Date | undefined;
}

/** The options that each loader has for chat templates, by name. */
export const templateOptionNames: OptionNames<TemplateOptions> = {
  templateVariables: true,
  templateDate: true,
};

const taken = ['messages', 'add_generation_prompt'];

/** Throws InvalidArgumentError for variables that a template cannot be given, and for a date that is none. */
export const checkTemplateOptions = ({
  templateVariables: variables,
  templateDate: date,
}: TemplateOptions): void => {
  if (
    variables !== undefined &&
    (typeof variables !== 'object' || variables === null || Array.isArray(variables))
  ) {
    throw new InvalidArgumentError(
      `templateVariables: expected an object, got ${JSON.stringify(variables)}.`,
      {
        value: variables,
        argument: 'templateVariables',
      },
    );
  }
  const name = Object.keys(variables ?? {}).find((each) => taken.includes(each));
  if (name !== undefined) {
    throw new InvalidArgumentError(`templateVariables: ${name} is the conversation's own.`, {
      value: name,
      argument: 'templateVariables',
    });
  }
  if (date !== undefined && !(date instanceof Date && Number.isFinite(date.getTime()))) {
    throw new InvalidArgumentError(`templateDate: expected a Date, got ${String(date)}.`, {
      value: date,
      argument: 'templateDate',
    });
  }
};

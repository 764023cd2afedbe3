const iso = /^(\d{4}-\d{2}-\d{2})(T\d{2}:\d{2}(:\d{2}(\.\d+)?)?(Z|[+-]\d{2}:\d{2})?)?$/;

/**
 * A date of a chat template from text: a day, or a day and a time, in ISO form and in local time where no
 * zone is said. Undefined for what is none.
 */
export const parseTemplateDate = (text: string): Date | undefined => {
  const [, day, time] = iso.exec(text) ?? [];
  // JavaScript takes the 31st of February for the third of March.
  if (day === undefined || !isDay(day)) return undefined;
  const date = new Date(time === undefined ? `${text}T00:00:00` : text);
  return Number.isFinite(date.getTime()) ? date : undefined;
};

const isDay = (day: string): boolean => {
  const date = new Date(`${day}T00:00:00Z`);
  return Number.isFinite(date.getTime()) && date.toISOString().startsWith(day);
};

/** The same day and time of day as text, in local time, which is what a template is told. */
export const templateDateText = (date: Date): string => {
  const local = new Date(date.getTime() - date.getTimezoneOffset() * 60_000);
  return local.toISOString().replace(/(\.000)?Z$/, '');
};

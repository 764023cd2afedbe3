/** Names, or what else an error lists, the first few of many. */
export const listedNames = (names: readonly string[], { between = ', ', most = 8 } = {}): string => {
  const more = names.length > most ? ` and ${names.length - most} more` : '';
  return `${names.slice(0, most).join(between)}${more}`;
};

/** Text without control characters, line breaks aside: what models write and names in files must not steer a terminal. */
export const withoutControls = (text: string): string =>
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is removed
  text.replace(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f]/g, '');

import { parseDecimal } from './parse-number.js';

/** Words with commas between them on the command line. */
export const parseList = (text: string): string[] => text.split(',').map((word) => word.trim());

/** Numbers with commas between them. */
export const parseNumbers = (text: string): number[] => parseList(text).map(parseDecimal);

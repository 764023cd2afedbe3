/** What the scales of a packed matrix are called beside it. */
export const scalesName = (weight: string): string => `${weight}.scales`;

/** What the same matrix is called, packed the other way round. */
export const transposedName = (weight: string): string => `${weight}.transposed`;

/** A reward as it is shown: two digits, a true minus; a dash where there is none. */
export const shownNumber = (value: number | undefined): string =>
  value === undefined || Number.isNaN(value) ? '–' : value.toFixed(2).replace('-', '−');

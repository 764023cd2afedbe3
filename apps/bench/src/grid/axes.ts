/**
 * The points of several lists: the first value of each together, then each list run through with the others at their first value.
 * No point comes twice.
 */
export const axes = <T extends Readonly<Record<string, readonly unknown[]>>>(
  lists: T,
): { readonly [Name in keyof T]: T[Name][number] }[] => {
  const base = Object.fromEntries(Object.entries(lists).map(([name, values]) => [name, values[0]]));
  const points = Object.entries(lists).flatMap(([name, values]) =>
    values.slice(1).map((value) => ({ ...base, [name]: value })),
  );
  return [base, ...points] as never;
};

import { requireThat } from '@entrgi/core';

/** Refuses what no order may choose, so that a faulty one can neither leave masks nor commit twice. `count`: how many it had to choose. */
export const checkChosen = (chosen: Int32Array, rows: number, count: number | undefined): void => {
  const inRange = chosen.every((row) => row >= 0 && row < rows);
  const distinct = new Set(chosen).size === chosen.length;
  requireThat(
    'rows chosen by the order',
    chosen,
    `${count ?? 'some'} distinct rows of ${rows}`,
    inRange && distinct && chosen.length === (count ?? chosen.length),
  );
};

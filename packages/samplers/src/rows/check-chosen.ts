import { requireThat } from '@entrgi/core/internal';

/**
 * Refuses what no order may choose, so that a faulty one can neither leave masks nor commit twice. `count`:
 * how many it had to choose.
 */
export const checkChosen = (chosen: Int32Array, rows: number, count: number | undefined): void => {
  const isArray = chosen instanceof Int32Array;
  const inRange = isArray && chosen.every((row) => row >= 0 && row < rows);
  const distinct = isArray && new Set(chosen).size === chosen.length;
  requireThat(
    'rows chosen by the order',
    chosen,
    `${count ?? 'some'} distinct rows of ${rows}${isArray ? '' : ' in an Int32Array'}`,
    inRange && distinct && chosen.length === (count ?? chosen.length),
  );
};

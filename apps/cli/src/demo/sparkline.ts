const bars = '▁▂▃▄▅▆▇█';

/** A series as bars, from its least to its greatest value; a longer one than `width` has means of neighbors. */
export const sparkline = (values: readonly number[], width: number): string => {
  const count = Math.min(width, values.length);
  const means = Array.from({ length: count }, (_, i) => {
    const part = values.slice(
      Math.floor((i * values.length) / count),
      Math.floor(((i + 1) * values.length) / count),
    );
    return part.reduce((sum, value) => sum + value, 0) / part.length;
  });
  const [least, greatest] = [Math.min(...means), Math.max(...means)];
  const range = greatest - least || 1;
  return means.map((value) => bars[Math.round(((value - least) / range) * (bars.length - 1))]).join('');
};

/** Numbers along the input dimension that share a scale. */
export const BLOCK = 32;

/** How a matrix is rounded. */
export interface Quantisation {
  readonly bits: 4 | 8;
  /** Rows that share a scale: 32 makes the transpose exactly as representable as the matrix; 1 rounds more finely. */
  readonly tileRows: 1 | 32;
}

/** A band of a matrix rounded: number = scale · (code − 2^(bits − 1)). */
export interface QuantisedBand {
  /** One code per number, row by row. */
  readonly codes: Uint8Array;
  /** One scale per tile, row of tiles by row of tiles. */
  readonly scales: Float32Array;
}

/**
 * Where the lowest code lies, in units of the number of largest magnitude. The first leaves room for its counterpart; with few codes it may be
 * better that outliers are cut off.
 */
const reaches = { 4: [8 / 7, 1, 0.9, 0.8, 0.7], 8: [128 / 127] } as const;

/**
 * Rounds a band of whole rows, a multiple of `tileRows` unless it is the last, each row a multiple of 32 long. For each tile: the scale of
 * least squared error among a few.
 * Returns undefined where a number is not finite.
 */
export const quantise = (
  values: Float32Array,
  columns: number,
  { bits, tileRows }: Quantisation,
): QuantisedBand | undefined => {
  const rows = values.length / columns;
  const across = columns / BLOCK;
  const scales = new Float32Array(Math.ceil(rows / tileRows) * across);
  const codes = new Uint8Array(values.length);
  for (let first = 0; first < rows; first += tileRows) {
    const last = Math.min(first + tileRows, rows);
    for (let block = 0; block < across; block++) {
      const scale = bestScale(values, columns, first, last, block * BLOCK, bits);
      if (!Number.isFinite(scale)) return undefined;
      scales[(first / tileRows) * across + block] = scale;
      encode(values, codes, columns, first, last, block * BLOCK, scale, bits);
    }
  }
  return { codes, scales };
};

const bestScale = (
  values: Float32Array,
  columns: number,
  firstRow: number,
  lastRow: number,
  firstColumn: number,
  bits: 4 | 8,
): number => {
  let extreme = 0;
  let finite = 0;
  for (let row = firstRow; row < lastRow; row++) {
    const start = row * columns + firstColumn;
    for (let i = start; i < start + BLOCK; i++) {
      const value = values[i]!;
      finite += value - value;
      if (Math.abs(value) > Math.abs(extreme)) extreme = value;
    }
  }
  if (extreme === 0 || finite !== 0) return finite;
  const half = 2 ** (bits - 1);
  let best = 0;
  let bestGain = Number.NEGATIVE_INFINITY;
  for (const reach of reaches[bits]) {
    const inverse = -half / (extreme * reach);
    let product = 0;
    let square = 0;
    for (let row = firstRow; row < lastRow; row++) {
      const start = row * columns + firstColumn;
      for (let i = start; i < start + BLOCK; i++) {
        const value = values[i]!;
        const rounded = Math.round(value * inverse);
        const level = Math.max(-half, Math.min(rounded, half - 1));
        product += value * level;
        square += level * level;
      }
    }
    // Of given levels q the best scale is ⟨x, q⟩ / ⟨q, q⟩, which leaves the error ⟨x, x⟩ − ⟨x, q⟩² / ⟨q, q⟩.
    const gain = (product * product) / square;
    if (gain > bestGain) [best, bestGain] = [product / square, gain];
  }
  return Math.fround(best);
};

const encode = (
  values: Float32Array,
  codes: Uint8Array,
  columns: number,
  firstRow: number,
  lastRow: number,
  firstColumn: number,
  scale: number,
  bits: 4 | 8,
): void => {
  const half = 2 ** (bits - 1);
  const inverse = scale === 0 ? 0 : 1 / scale;
  for (let row = firstRow; row < lastRow; row++) {
    const start = row * columns + firstColumn;
    for (let i = start; i < start + BLOCK; i++) {
      const rounded = Math.round(values[i]! * inverse);
      codes[i] = half + Math.max(-half, Math.min(rounded, half - 1));
    }
  }
};

/** Codes as they are stored: bytes, or two to a byte with the lower half first. */
export const packCodes = (codes: Uint8Array, bits: 4 | 8): Uint8Array => {
  if (bits === 8) return codes;
  const packed = new Uint8Array(codes.length / 2);
  for (let i = 0; i < packed.length; i++) packed[i] = codes[2 * i]! | (codes[2 * i + 1]! << 4);
  return packed;
};

import { BLOCK, packCodes, type Quantization, quantize } from './quantize.js';

/**
 * Where a quantized matrix goes: byte offsets of its codes and of its scales (float32, one per row and
 * block).
 */
export interface PackedPlace {
  readonly weight: number;
  readonly scales: number;
}

/** A matrix to read by rows, and where its quantized form is written. */
export interface QuantizeJob {
  readonly rows: number;
  readonly columns: number;
  readonly quantization: Quantization;
  /** Whole rows; undefined ends the job. */
  readonly read: (firstRow: number, rows: number) => Promise<Float32Array>;
  /** Writes bytes at an offset. */
  readonly write: (bytes: Uint8Array, offset: number) => Promise<void>;
  /** Writes pieces of equal length, `stride` bytes from one to the next. */
  readonly writeStrided: (bytes: Uint8Array, pieces: number, offset: number, stride: number) => void;
  readonly place: PackedPlace;
  /** Where the transpose goes too, of the same codes and scales; only for tiles of 32 rows. */
  readonly transposed?: PackedPlace | undefined;
  /**
   * Bytes of float32 that are read at once, and of codes that are turned at once: what bounds the memory
   * used, whatever the matrix.
   */
  readonly bandBytes?: number;
  readonly panelBytes?: number;
}

/** Rounds a matrix band by band. Returns false, the work unfinished, where a number is not finite. */
export const quantizeMatrix = async (job: QuantizeJob): Promise<boolean> => {
  const { rows, columns, quantization, place, transposed } = job;
  const { bandBytes = 4 << 20, panelBytes = 16 << 20 } = job;
  const { bits, tileRows } = quantization;
  const across = columns / BLOCK;
  const bandRows = multipleOfBlock(bandBytes / (4 * columns));
  const panelRows = bandRows * Math.max(1, Math.floor((panelBytes * 8) / bits / columns / bandRows));
  for (let panelStart = 0; panelStart < rows; panelStart += panelRows) {
    const panelEnd = Math.min(panelStart + panelRows, rows);
    const panel = transposed && emptyPanel(columns, panelEnd - panelStart, bits);
    for (let start = panelStart; start < panelEnd; start += bandRows) {
      const count = Math.min(bandRows, panelEnd - start);
      const band = quantize(await job.read(start, count), columns, quantization);
      if (band === undefined) return false;
      const scales = new Float32Array(count * across);
      for (let row = 0; row < count; row++) {
        const tile = Math.floor(row / tileRows) * across;
        scales.set(band.scales.subarray(tile, tile + across), row * across);
      }
      await job.write(packCodes(band.codes, bits), place.weight + (start * columns * bits) / 8);
      await job.write(bytesOf(scales), place.scales + 4 * start * across);
      if (panel !== undefined) turn(band, columns, bits, panel, start - panelStart);
    }
    if (panel === undefined) continue;
    const [rowBytes, scaleBytes] = [(rows * bits) / 8, (4 * rows) / BLOCK];
    job.writeStrided(panel.codes, columns, transposed!.weight + (panelStart * bits) / 8, rowBytes);
    job.writeStrided(
      bytesOf(panel.scales),
      columns,
      transposed!.scales + (4 * panelStart) / BLOCK,
      scaleBytes,
    );
  }
  return true;
};

const multipleOfBlock = (count: number): number => Math.max(1, Math.floor(count / BLOCK)) * BLOCK;

const bytesOf = ({ buffer, byteOffset, byteLength }: Float32Array): Uint8Array =>
  new Uint8Array(buffer as ArrayBuffer, byteOffset, byteLength);

/** Columns of the matrix as rows of its transpose, over a range of the matrix's rows. */
interface Panel {
  readonly rows: number;
  /** Packed, [columns, rows]. */
  readonly codes: Uint8Array;
  /** [columns, rows / 32]. */
  readonly scales: Float32Array;
}

const emptyPanel = (columns: number, rows: number, bits: 4 | 8): Panel => ({
  rows,
  codes: new Uint8Array((columns * rows * bits) / 8),
  scales: new Float32Array((columns * rows) / BLOCK),
});

/**
 * Puts a band of rows, from `start` on, into the panel; tile by tile, which stays in the processor's cache.
 */
const turn = (
  band: { readonly codes: Uint8Array; readonly scales: Float32Array },
  columns: number,
  bits: 4 | 8,
  panel: Panel,
  start: number,
): void => {
  const { codes } = band;
  const across = columns / BLOCK;
  const rows = codes.length / columns;
  const step = bits === 8 ? 1 : 2;
  for (let first = 0; first < rows; first += BLOCK) {
    for (let column = 0; column < columns; column++) {
      const to = (column * panel.rows + start + first) / step;
      const from = first * columns + column;
      if (bits === 8) {
        for (let i = 0; i < BLOCK; i++) panel.codes[to + i] = codes[from + i * columns]!;
      } else {
        for (let i = 0; i < BLOCK / 2; i++) {
          const at = from + 2 * i * columns;
          panel.codes[to + i] = codes[at]! | (codes[at + columns]! << 4);
        }
      }
      const tile = (first / BLOCK) * across + Math.floor(column / BLOCK);
      panel.scales[(column * panel.rows + start + first) / BLOCK] = band.scales[tile]!;
    }
  }
};

/** One opening under one method and seed. */
export interface MethodRecord {
  readonly method: string;
  readonly seed: number;
  readonly opening: number;
  readonly top1: number;
  readonly avg: number;
  readonly milliseconds: number;
  readonly best: string;
}

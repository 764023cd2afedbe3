/**
 * How tokens are divided into blocks, each of which sees itself and the blocks before it, and none after it.
 */
export interface BlockAttention {
  /** Tokens of a block. */
  readonly blockLength: number;
  /**
   * Where a block begins: with the sequence, so that the first of a response may begin with the end of the
   * prompt; or with the response, so that the first of the prompt may be shorter.
   */
  readonly countedFrom: 'sequence' | 'response';
}

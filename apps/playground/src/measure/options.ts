/** What a measurement is told. */
export interface Options {
  /** Generations, cycles, turns, visits or prompts. */
  readonly rounds: number;
  /** As in the fragment of the page's address. */
  readonly settings: string;
  readonly threads: number;
  readonly device: 'wasm' | 'webgpu';
}

/** Files of a model that were picked or dropped, by their paths, and what their folder is called. */
export interface PickedFiles {
  readonly name: string;
  readonly files: ReadonlyMap<string, File>;
}

/** Where a model is: an id of the hub, `owner/name`, the address of a folder, or one's own files. An ONNX file may be named behind an id or an address. */
export type ModelPlace = string | PickedFiles;

/** The models that somebody wants; undefined: the embedded ones. */
export interface ModelChoice {
  readonly denoiser?: ModelPlace | undefined;
  readonly reward?: ModelPlace | undefined;
}

/** What the models that are loaded are called; undefined: the embedded ones. */
export interface ModelNames {
  readonly denoiser?: string | undefined;
  readonly reward?: string | undefined;
}

/** Whether the embedded denoiser writes, which knows stories and nothing else. */
export const isStoryteller = ({ denoiser }: ModelNames): boolean => denoiser === undefined;

/** The roles in which models can be one's own. */
export const roles = ['denoiser', 'reward'] as const;
export type Role = (typeof roles)[number];

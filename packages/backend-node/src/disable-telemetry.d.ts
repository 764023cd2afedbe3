/**
 * Keeps onnxruntime from reporting to its maker, unless the environment says otherwise; before the library
 * loads.
 */
export function disableTelemetry(environment?: NodeJS.ProcessEnv, main?: boolean): void;

/** Bytes that WebAssembly can address, whatever the machine has. */
export const machineMemory = async (): Promise<number> => 2 ** 32;

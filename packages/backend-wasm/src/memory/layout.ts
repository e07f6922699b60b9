/** What lies where in linear memory: the control block of threads at its start, the parameter block of launches, and from there on the heap. */

export const blockAddress = 4096;
export const blockBytes = 8192;
export const heapStart: number = blockAddress + blockBytes;

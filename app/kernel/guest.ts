/** The worker's half of the kernel: composes what every domain offers to a cell. */
export {};

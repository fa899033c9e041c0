/** The workspace's datasets by name, each with its columns. In a notebook this file is written from its index. */
// eslint-disable-next-line @typescript-eslint/no-empty-object-type -- the workspace fills it
export interface Datasets {}

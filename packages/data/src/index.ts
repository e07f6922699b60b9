/** The public page of @nn/data. */
export { type Collated, defaultCollate } from './collate.ts';
export { type BatchedDataset, ConcatDataset, type Dataset, type Source, Subset, TensorDataset } from './dataset.ts';
export { ChainDataset, type IterableDataset } from './iterable.ts';
export { type BatchOf, DataLoader, type DataLoaderOptions, type LoaderState } from './loader.ts';
export { randomSplit } from './random-split.ts';
export * from './samplers.ts';

/** The public page of @nn/mnist: MNIST and Fashion-MNIST, and the IDX format they come in. */
export { fashionMnistClasses, mnistClasses } from './catalogue.ts';
export type { DownloadOptions } from './download.ts';
export { type IdxArray, type IdxElements, type IdxType, type ReadIdxOptions, readIdx, writeIdx } from './idx.ts';
export type { IdxExpectations } from './idx-header.ts';
export type { LabelledImages } from './labelled-images.ts';
export { type ImageSets, loadFashionMnist, loadMnist, type SourceOptions } from './load.ts';
export { fashionMnist, type MnistDataset, type MnistOptions, type MnistSets, mnist } from './mnist.ts';
export { type NormalizeOptions, normalize, type PixelStatistics, pixelStatistics } from './normalize.ts';
export type { PrepareOptions } from './prepare.ts';
export { DownloadError, type DownloadProgress } from './transfer.ts';

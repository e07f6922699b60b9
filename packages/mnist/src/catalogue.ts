/**
 * What is known of MNIST and Fashion-MNIST: the names of their classes and of their four files, and, of the files as they
 * were published, size, SHA-256 and a place to get them.
 */

/** MNIST's classes: the digits. (torchvision writes `'0 - zero'` and so on.) */
export const mnistClasses: readonly string[] = ['0', '1', '2', '3', '4', '5', '6', '7', '8', '9'];

/** Fashion-MNIST's classes, as its authors and torchvision write them. */
export const fashionMnistClasses: readonly string[] = [
  'T-shirt/top',
  'Trouser',
  'Pullover',
  'Dress',
  'Coat',
  'Sandal',
  'Shirt',
  'Sneaker',
  'Bag',
  'Ankle boot',
];

/** One published file. */
export interface PublishedFile {
  readonly name: string;
  readonly bytes: number;
  readonly sha256: string;
}

/** The four files of a set: images and labels, to train with (`train`) and held out (`valid`, called `t10k`). */
export interface FourFiles<File> {
  readonly trainImages: File;
  readonly trainLabels: File;
  readonly validImages: File;
  readonly validLabels: File;
}

/** A data set in MNIST's format. */
export interface Publication {
  /** Name of the set, and of its folder in the cache. */
  readonly name: string;
  readonly classes: readonly string[];
  /** Where the files are by default; ends in a slash. */
  readonly mirror: string;
  readonly files: FourFiles<PublishedFile>;
}

/** The names all such sets use, before `.gz`. */
export const standardNames: FourFiles<string> = {
  trainImages: 'train-images-idx3-ubyte',
  trainLabels: 'train-labels-idx1-ubyte',
  validImages: 't10k-images-idx3-ubyte',
  validLabels: 't10k-labels-idx1-ubyte',
};

// Digests: those that torchvision's prototype data sets state for the files of Y. LeCun's page.
export const mnistPublication: Publication = {
  name: 'mnist',
  classes: mnistClasses,
  mirror: 'https://storage.googleapis.com/cvdf-datasets/mnist/',
  files: {
    trainImages: {
      name: 'train-images-idx3-ubyte.gz',
      bytes: 9_912_422,
      sha256: '440fcabf73cc546fa21475e81ea370265605f56be210a4024d2ca8f203523609',
    },
    trainLabels: {
      name: 'train-labels-idx1-ubyte.gz',
      bytes: 28_881,
      sha256: '3552534a0a558bbed6aed32b30c495cca23d567ec52cac8be1a0730e8010255c',
    },
    validImages: {
      name: 't10k-images-idx3-ubyte.gz',
      bytes: 1_648_877,
      sha256: '8d422c7b0a1c1c79245a5bcf07fe86e33eeafee792b84584aec276f5a2dbc4e6',
    },
    validLabels: {
      name: 't10k-labels-idx1-ubyte.gz',
      bytes: 4_542,
      sha256: 'f7ae60f92e00ec6debd23a6088c31dbd2371eca3ffa0defaefb259924204aec6',
    },
  },
};

// Digests: computed from files whose MD5 is the one that Zalando Research publishes in the project's README.
export const fashionMnistPublication: Publication = {
  name: 'fashion-mnist',
  classes: fashionMnistClasses,
  mirror: 'https://raw.githubusercontent.com/zalandoresearch/fashion-mnist/master/data/fashion/',
  files: {
    trainImages: {
      name: 'train-images-idx3-ubyte.gz',
      bytes: 26_421_880,
      sha256: '3aede38d61863908ad78613f6a32ed271626dd12800ba2636569512369268a84',
    },
    trainLabels: {
      name: 'train-labels-idx1-ubyte.gz',
      bytes: 29_515,
      sha256: 'a04f17134ac03560a47e3764e11b92fc97de4d1bfaf8ba1a3aa29af54cc90845',
    },
    validImages: {
      name: 't10k-images-idx3-ubyte.gz',
      bytes: 4_422_102,
      sha256: '346e55b948d973a97e58d2351dde16a484bd415d4595297633bb08f03db6a073',
    },
    validLabels: {
      name: 't10k-labels-idx1-ubyte.gz',
      bytes: 5_148,
      sha256: '67da17c76eaffca5446c3361aaab5c3cd6d1c2608764d35dfb1850b086bf8dd5',
    },
  },
};

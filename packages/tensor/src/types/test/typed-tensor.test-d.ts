/** The subject of the type tests: the real class. */
export { Tensor } from '../../tensor.ts';

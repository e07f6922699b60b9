/**
 * The public page of @nn/tensor in Node, where nobody counts the bytes of a page: every method is there from the start. In a bundle for browsers the less common ones
 * come with `import '@nn/tensor/methods'`.
 */
import './methods.ts';

export * from './index.ts';

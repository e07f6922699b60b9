/**
 * The public page of @nn/nn in Node, where nobody counts the bytes of a page: backward hooks are there from the start. In a bundle for browsers they come with
 * `import '@nn/nn/hooks'`.
 */
import './hooks.ts';

export * from './index.ts';

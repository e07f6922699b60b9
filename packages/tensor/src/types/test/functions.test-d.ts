/** The free functions under test: the library's own. */
export * from '../../index.ts';

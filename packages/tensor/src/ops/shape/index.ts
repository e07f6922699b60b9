/** The public page of shapes: views, joining, splitting, repeating, padding. */
export { reshape, permute, transpose, expand, contiguous, clone } from './views.ts';

/** Sizes that find mistakes: every rank up to 6, nothing, one, and around the widths of vectors and tiles. */

export const shapes: readonly (readonly number[])[] = [
  [],
  [0],
  [1],
  [5],
  [8],
  [9],
  [17],
  [33],
  [64],
  [65],
  [1025],
  [7, 9],
  [3, 0],
  [64, 33],
  [97, 311],
  [2, 3, 4],
  [3, 0, 2],
  [1, 5, 1],
  [2, 1, 3, 2],
  [2, 3, 1, 2, 2],
  [2, 1, 2, 3, 1, 2],
];

export const lengths: readonly number[] = [0, 1, 2, 5, 8, 9, 17, 33, 64, 65, 257, 1000];

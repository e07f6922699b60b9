/**
 * Shapes of PyTorch's own results (1.13.1): one line for each distinct case of the reference cases whose operation is typed here.
 */
import type {
  Broadcast,
  CanExpand,
  CanReshape,
  Cat,
  Einsum,
  Expand,
  Flatten,
  MatMul,
  Permute,
  Reshape,
  Squeeze,
  Stack,
  Transpose,
  TransposeMatrix,
  Unsqueeze,
} from '../index.ts';
import { allowed, gives } from './assert.test-d.ts';

// matmul
gives<MatMul<[129, 257], [257, 65]>, [129, 65]>();
gives<MatMul<[1, 1025], [1025, 3]>, [1, 3]>();
gives<MatMul<[64, 64], [64, 64]>, [64, 64]>();
gives<MatMul<[3, 33, 17], [3, 17, 70]>, [3, 33, 70]>();
gives<MatMul<[255], [255, 127]>, [127]>();
gives<MatMul<[50, 784], [784, 10]>, [50, 10]>();
gives<MatMul<[17, 9, 33], [17, 33, 20]>, [17, 9, 20]>();
gives<MatMul<[4], [4]>, []>();
gives<MatMul<[3, 4], [4]>, [3]>();
gives<MatMul<[4], [4, 3]>, [3]>();
gives<MatMul<[2, 3], [3, 4]>, [2, 4]>();
gives<MatMul<[2, 3, 4], [4, 2]>, [2, 3, 2]>();
gives<MatMul<[2, 3, 4], [2, 4, 2]>, [2, 3, 2]>();
gives<MatMul<[2, 3, 4], [4]>, [2, 3]>();
gives<MatMul<[3], [2, 3, 2]>, [2, 2]>();
gives<MatMul<[2, 1, 3, 2], [4, 2, 3]>, [2, 4, 3, 3]>();
gives<MatMul<[1, 2, 2], [3, 1, 2, 2]>, [3, 1, 2, 2]>();
gives<MatMul<[2, 3], [5, 3, 1]>, [5, 2, 1]>();
gives<MatMul<[1, 5], [5, 1]>, [1, 1]>();
gives<MatMul<[7, 9], [9, 8]>, [7, 8]>();
gives<MatMul<[0, 3], [3, 2]>, [0, 2]>();
gives<MatMul<[2, 0], [0, 3]>, [2, 3]>();
gives<MatMul<[3, 2], [2, 5]>, [3, 5]>();
gives<MatMul<[3, 2], [2]>, [3]>();
gives<MatMul<[5], [5]>, []>();
gives<MatMul<[3, 2, 4], [3, 4, 2]>, [3, 2, 2]>();
gives<MatMul<[2, 3], [3, 2]>, [2, 2]>();
gives<MatMul<[3, 4], [4, 3]>, [3, 3]>();

// Elementwise operations
gives<Broadcast<'add', [3], [3]>, [3]>();
gives<Broadcast<'add', [3, 1], [3]>, [3, 3]>();
gives<Broadcast<'add', [1, 3], [2, 1]>, [2, 3]>();
gives<Broadcast<'add', [2, 3], [3]>, [2, 3]>();
gives<Broadcast<'add', [2, 3], [2, 1]>, [2, 3]>();
gives<Broadcast<'add', [], [2, 3]>, [2, 3]>();
gives<Broadcast<'add', [2, 3], []>, [2, 3]>();
gives<Broadcast<'add', [4, 1, 3], [2, 3]>, [4, 2, 3]>();
gives<Broadcast<'add', [4, 2, 3], [2, 1]>, [4, 2, 3]>();
gives<Broadcast<'add', [1], [5]>, [5]>();
gives<Broadcast<'add', [1, 1, 1], [2, 3, 2]>, [2, 3, 2]>();
gives<Broadcast<'add', [0], [1]>, [0]>();
gives<Broadcast<'add', [0, 3], [3]>, [0, 3]>();
gives<Broadcast<'add', [2, 0], [2, 1]>, [2, 0]>();
gives<Broadcast<'add', [1, 0], [4, 1]>, [4, 0]>();
gives<Broadcast<'add', [5, 1, 4, 1], [3, 1, 2]>, [5, 3, 4, 2]>();
gives<Broadcast<'add', [2, 1, 2, 1], [1, 3, 1, 2]>, [2, 3, 2, 2]>();
gives<Broadcast<'add', [], []>, []>();
gives<Broadcast<'add', [1], []>, [1]>();
gives<Broadcast<'add', [3, 3], [1, 1]>, [3, 3]>();
gives<Broadcast<'add', [2, 2, 2, 2], [2]>, [2, 2, 2, 2]>();
gives<Broadcast<'where', Broadcast<'where', [3, 1], [1, 4]>, [4]>, [3, 4]>();
gives<Broadcast<'where', Broadcast<'where', [2], [3, 1]>, [2, 1, 1]>, [2, 3, 2]>();
gives<Broadcast<'where', Broadcast<'where', [], [2, 2]>, [2]>, [2, 2]>();
gives<Broadcast<'add', [3, 4], [3, 4]>, [3, 4]>();
gives<Broadcast<'add', [5], [2, 1]>, [2, 5]>();
gives<Broadcast<'add', [4], [3, 1]>, [3, 4]>();
gives<Broadcast<'add', [3, 4], [4]>, [3, 4]>();
gives<Broadcast<'add', [2, 1], [1, 3]>, [2, 3]>();
gives<Broadcast<'add', [2, 4], [4]>, [2, 4]>();
gives<Broadcast<'add', [6], [6]>, [6]>();
gives<Broadcast<'where', Broadcast<'where', [3, 4], [3, 4]>, [4]>, [3, 4]>();
gives<Broadcast<'where', Broadcast<'where', [3, 1], [1, 4]>, []>, [3, 4]>();
gives<Broadcast<'add', [5], [5]>, [5]>();
gives<Broadcast<'add', [8], [8]>, [8]>();
gives<Broadcast<'add', [84], [84]>, [84]>();
gives<Broadcast<'add', [168], [168]>, [168]>();
gives<Broadcast<'add', [14], [14]>, [14]>();
gives<Broadcast<'where', Broadcast<'where', [4], [4]>, [4]>, [4]>();
gives<Broadcast<'add', [67, 1, 33], [1, 65, 33]>, [67, 65, 33]>();
gives<Broadcast<'add', [2], []>, [2]>();

// einsum
gives<Einsum<'i', [[3]]>, [3]>();
gives<Einsum<'i->', [[3]]>, []>();
gives<Einsum<'i,i->i', [[3], [3]]>, [3]>();
gives<Einsum<'i,i,i->i', [[3], [3], [3]]>, [3]>();
gives<Einsum<'i,i->', [[3], [3]]>, []>();
gives<Einsum<'i,j->ij', [[3], [4]]>, [3, 4]>();
gives<Einsum<'i,j->ji', [[3], [4]]>, [4, 3]>();
gives<Einsum<'ij', [[3, 4]]>, [3, 4]>();
gives<Einsum<'ij->ji', [[3, 4]]>, [4, 3]>();
gives<Einsum<'ii->i', [[3, 3]]>, [3]>();
gives<Einsum<'ii->', [[3, 3]]>, []>();
gives<Einsum<'ii', [[3, 3]]>, []>();
gives<Einsum<'ij->', [[3, 4]]>, []>();
gives<Einsum<'ij->j', [[3, 4]]>, [4]>();
gives<Einsum<'ij->i', [[3, 4]]>, [3]>();
gives<Einsum<'ij,ij->ij', [[3, 4], [3, 4]]>, [3, 4]>();
gives<Einsum<'ij,ji->ij', [[3, 4], [4, 3]]>, [3, 4]>();
gives<Einsum<'ij,jk->ik', [[3, 4], [4, 2]]>, [3, 2]>();
gives<Einsum<'ij,jk', [[3, 4], [4, 2]]>, [3, 2]>();
gives<Einsum<'ij,kj->ik', [[3, 4], [2, 4]]>, [3, 2]>();
gives<Einsum<'ij,kj->ikj', [[3, 4], [2, 4]]>, [3, 2, 4]>();
gives<Einsum<'ij,kl->ijkl', [[3, 4], [2, 2]]>, [3, 4, 2, 2]>();
gives<Einsum<'bij,bjk->bik', [[2, 3, 4], [2, 4, 2]]>, [2, 3, 2]>();
gives<Einsum<'nc,nc->n', [[3, 3], [3, 3]]>, [3]>();
gives<Einsum<'nc,ck->nk', [[3, 3], [3, 2]]>, [3, 2]>();
gives<Einsum<'bi,ij,bj->b', [[2, 3], [3, 4], [2, 4]]>, [2]>();
gives<Einsum<'bn,anm,bm->ba', [[2, 3], [2, 3, 2], [2, 2]]>, [2, 2]>();
gives<Einsum<'ik,kj->ij', [[3, 2], [2, 4]]>, [3, 4]>();
gives<Einsum<'ijk->kji', [[3, 4, 2]]>, [2, 4, 3]>();
gives<Einsum<'ijj->i', [[3, 4, 4]]>, [3]>();
gives<Einsum<'iij->ij', [[3, 3, 4]]>, [3, 4]>();
gives<Einsum<'bhqd,bhkd->bhqk', [[2, 2, 3, 4], [2, 2, 2, 4]]>, [2, 2, 3, 2]>();
gives<Einsum<'bhqk,bhkd->bqhd', [[2, 2, 3, 2], [2, 2, 2, 4]]>, [2, 3, 2, 4]>();
gives<Einsum<'ba,bc->', [[2, 2], [2, 3]]>, []>();
gives<Einsum<'ij,jk,kl->il', [[3, 4], [4, 2], [2, 2]]>, [3, 2]>();
gives<Einsum<'ij,ij,ij->', [[3, 4], [3, 4], [3, 4]]>, []>();
gives<Einsum<'i,j,k->kji', [[3], [4], [2]]>, [2, 4, 3]>();
gives<Einsum<'bij,bij->b', [[2, 3, 4], [2, 3, 4]]>, [2]>();
gives<Einsum<'ijk,ijl,ijm->klm', [[3, 4, 2], [3, 4, 2], [3, 4, 2]]>, [2, 2, 2]>();
gives<Einsum<'iji->j', [[3, 4, 3]]>, [4]>();
gives<Einsum<'ja,ai', [[4, 2], [2, 3]]>, [3, 4]>();
gives<Einsum<'ij,k->kij', [[3, 4], [2]]>, [2, 3, 4]>();
gives<Einsum<'AbB,B->Ab', [[2, 2, 3], [3]]>, [2, 2]>();
gives<Einsum<'ij,ij->ij', [[2, 3], [1, 3]]>, [2, 3]>();
gives<Einsum<' i j , j k -> i k ', [[2, 3], [3, 2]]>, [2, 2]>();
gives<Einsum<'ij,jk->ik', [[2, 3], [3, 2]]>, [2, 2]>();
gives<Einsum<'i,->i', [[3], []]>, [3]>();
gives<Einsum<'bij,bjk->bik', [[9, 33, 17], [9, 17, 65]]>, [9, 33, 65]>();
gives<Einsum<'ij,jk->ki', [[2, 3], [3, 2]]>, [2, 2]>();

// cat, stack
gives<Cat<[[33, 129], [70, 129]], 0>, [103, 129]>();
gives<Cat<[[2, 3], [1, 3]], 0>, [3, 3]>();
gives<Cat<[[2, 1], [2, 2], [2, 3]], 1>, [2, 6]>();
gives<Cat<[[2, 2, 2], [2, 2, 2]], -1>, [2, 2, 4]>();
gives<Cat<[[0, 2], [3, 2]], 0>, [3, 2]>();
gives<Cat<[[0], [2, 2]], 0>, [2, 2]>();
gives<Stack<[[3], [3]], 0>, [2, 3]>();
gives<Stack<[[2, 2], [2, 2], [2, 2]], 1>, [2, 3, 2]>();
gives<Stack<[[2, 3], [2, 3]], -1>, [2, 3, 2]>();
gives<Stack<[[], [], []], 0>, [3]>();
gives<Cat<[[2], [3]], 0>, [5]>();

// Views
gives<Expand<[3], [2, 3]>, [2, 3]>();
allowed<CanExpand<[3], [2, 3]>>();
gives<Expand<[2, 1], [2, 4]>, [2, 4]>();
allowed<CanExpand<[2, 1], [2, 4]>>();
gives<Expand<[], [2, 2]>, [2, 2]>();
allowed<CanExpand<[], [2, 2]>>();
gives<Expand<[1, 3, 1], [2, 3, 2]>, [2, 3, 2]>();
allowed<CanExpand<[1, 3, 1], [2, 3, 2]>>();
gives<Transpose<[130, 70], 0, 1>, [70, 130]>();
gives<Permute<[17, 33, 5, 3], [2, 0, 3, 1]>, [5, 17, 3, 33]>();
gives<Reshape<[2, 6], [3, 4]>, [3, 4]>();
allowed<CanReshape<'reshape', [2, 6], [3, 4]>>();
gives<Reshape<[2, 3, 4], [-1, 4]>, [6, 4]>();
allowed<CanReshape<'reshape', [2, 3, 4], [-1, 4]>>();
gives<Reshape<[4], [2, 1, 2]>, [2, 1, 2]>();
allowed<CanReshape<'reshape', [4], [2, 1, 2]>>();
gives<Reshape<[1], []>, []>();
allowed<CanReshape<'reshape', [1], []>>();
gives<Reshape<[0, 3], [3, 0]>, [3, 0]>();
allowed<CanReshape<'reshape', [0, 3], [3, 0]>>();
gives<Reshape<[4, 3], [-1]>, [12]>();
allowed<CanReshape<'reshape', [4, 3], [-1]>>();
gives<Permute<[2, 3], [1, 0]>, [3, 2]>();
gives<Permute<[2, 3, 4], [2, 0, 1]>, [4, 2, 3]>();
gives<Permute<[2, 1, 3, 2], [0, -1, 1, 2]>, [2, 2, 1, 3]>();
gives<Transpose<[2, 3], 0, 1>, [3, 2]>();
gives<Transpose<[2, 3, 4], -1, 0>, [4, 3, 2]>();
gives<Transpose<[3], 0, 0>, [3]>();
gives<TransposeMatrix<[2, 3]>, [3, 2]>();
gives<Expand<[1, 3], [4, -1]>, [4, 3]>();
allowed<CanExpand<[1, 3], [4, -1]>>();
gives<Expand<[], [3]>, [3]>();
allowed<CanExpand<[], [3]>>();
gives<Expand<[2, 1, 2], [-1, 3, 2]>, [2, 3, 2]>();
allowed<CanExpand<[2, 1, 2], [-1, 3, 2]>>();
gives<Squeeze<[1, 3, 1], undefined>, [3]>();
gives<Squeeze<[1, 3, 1], 0>, [3, 1]>();
gives<Squeeze<[2, 3], 0>, [2, 3]>();
gives<Squeeze<[1], undefined>, []>();
gives<Unsqueeze<[3], 0>, [1, 3]>();
gives<Unsqueeze<[2, 3], -1>, [2, 3, 1]>();
gives<Unsqueeze<[2, 3], 1>, [2, 1, 3]>();
gives<Unsqueeze<[], 0>, [1]>();
gives<Flatten<'flatten', [2, 3, 4], 0, -1>, [24]>();
gives<Flatten<'flatten', [2, 3, 4], 1, -1>, [2, 12]>();
gives<Flatten<'flatten', [2, 2, 2, 2], 1, 2>, [2, 4, 2]>();
gives<Flatten<'flatten', [], 0, -1>, [1]>();
gives<Squeeze<[], undefined>, []>();

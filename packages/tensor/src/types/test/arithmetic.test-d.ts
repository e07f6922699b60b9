/** Digit arithmetic: carries, borrows, zeros, lengths that differ, unknown operands. */
import type { Add, Divide, Multiply, Product, Subtract } from '../arithmetic.ts';
import type { Dim } from '../index.ts';

// biome-ignore lint/suspicious/noExplicitAny: what `any` does is tested
type Any = any;

import { gives } from './assert.test-d.ts';

gives<Add<0, 0>, 0>();
gives<Add<999, 1>, 1000>();
gives<Add<1, 999>, 1000>();
gives<Add<50000, 10000>, 60000>();
gives<Add<7, 123456789>, 123456796>();
gives<Add<number, 1>, number>();
gives<Add<number, 0>, number>();

gives<Subtract<1000, 1>, 999>();
gives<Subtract<1000, 999>, 1>();
gives<Subtract<10000, 9999>, 1>();
gives<Subtract<64, 64>, 0>();
gives<Subtract<64, 0>, 64>();
gives<Subtract<64, 65>, false>();
gives<Subtract<9, 10>, false>();
gives<Subtract<0, 1>, false>();
gives<Subtract<number, 3>, number>();
gives<Subtract<3, number>, number>();

gives<Multiply<0, 5>, 0>();
gives<Multiply<1, 5>, 5>();
gives<Multiply<99, 99>, 9801>();
gives<Multiply<100, 100>, 10000>();
gives<Multiply<12345, 6789>, 83810205>();
gives<Multiply<94906265, 94906265>, 9007199136250225>();
gives<Multiply<number, 784>, number>();
gives<Multiply<number, 0>, 0>();

gives<Divide<50176, 784>, [64, 0]>();
gives<Divide<50177, 784>, [64, 1]>();
gives<Divide<7, 10>, [0, 7]>();
gives<Divide<0, 10>, [0, 0]>();
gives<Divide<100, 10>, [10, 0]>();
gives<Divide<1000000, 7>, [142857, 1]>();
gives<Divide<83810205, 6789>, [12345, 0]>();
gives<Divide<5, 0>, [number, number]>();
gives<Divide<number, 1>, [number, 0]>();
gives<Divide<number, 2>, [number, number]>();

gives<Product<[]>, 1>();
gives<Product<[32, 7, 7]>, 1568>();
gives<Product<[64, 12345, 8]>, 6320640>();
gives<Product<[64, number, 8]>, number>();
gives<Product<[64, number, 0]>, 0>();
gives<Product<number[]>, number>();

// Unions go member by member.
gives<Add<2 | 4, 3>, 5 | 7>();
gives<Multiply<2 | 4, 3>, 6 | 12>();

// What is not one non-negative whole literal is unknown.
gives<Add<-1, 3>, number>();
gives<Add<1.5, 3>, number>();
gives<Add<1e21, 3>, number>();
gives<Multiply<Any, 3>, number>();
gives<Add<Dim<'batch'>, 3>, number>();
// More digits than a number holds.
gives<Multiply<9007199254740991, 9007199254740991>, number>();

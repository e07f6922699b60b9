/** Atomic instructions on words of shared memory, which only threads need. Apart from the other instructions, so that a bundle without threads goes without them. */
import { type Code, number32, type Operand, signed, unsigned } from './code.ts';

type Atomic = (address: Operand, value: Operand, offset?: number) => Code;

const binary =
  (op: number): Atomic =>
  (address, value, offset = 0) => [number32(address), number32(value), 0xfe, op, 2, unsigned(offset)];

export const atomicLoad = (address: Operand, offset = 0): Code => [number32(address), 0xfe, 0x10, 2, unsigned(offset)];
export const atomicAdd: Atomic = binary(0x1e);
export const atomicSub: Atomic = binary(0x25);
export const atomicCompareExchange = (address: Operand, expected: Operand, value: Operand, offset = 0): Code => [
  number32(address),
  binary(0x48)(expected, value, offset),
];
export const atomicWait = (address: Operand, expected: Operand, nanoseconds: number, offset = 0): Code => [
  number32(address),
  binary(1)(expected, [0x42, signed(nanoseconds)], offset),
];

/**
 * Reads one Python expression made of calls and literals, such as `Sequential(Linear(3, 4), ReLU(inplace=True))` or `torch.empty(6).normal_(1, 3)`, into a
 * tree. It knows Python's way of writing values; what a name means is for the reader of the tree.
 */

import { PythonFloat } from './python-float.ts';

export interface PythonCall {
  readonly name: string;
  readonly positional: readonly PythonValue[];
  readonly keywords: Readonly<Record<string, PythonValue>>;
}

/** A method that is called on a value, or an attribute of it. */
export interface PythonMember {
  readonly of: PythonValue;
  readonly name: string;
  readonly call: PythonCall | null;
}

export type PythonValue =
  | null
  | boolean
  | number
  | string
  | PythonFloat
  | readonly PythonValue[]
  | PythonCall
  | PythonMember;

const TOKEN =
  /\s*(?:(?<number>-?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][-+]?\d+)?)|(?<string>"[^"]*"|'[^']*')|(?<name>[A-Za-z_][\w.]*)|\.(?<member>[A-Za-z_]\w*)|(?<mark>[()[\]{}:=,]))\s*/y;

const LITERALS: ReadonlyMap<string, PythonValue> = new Map<string, PythonValue>([
  ['None', null],
  ['True', true],
  ['False', false],
  ...['float16', 'float32', 'float64', 'int32', 'int64', 'uint8', 'bool'].map(
    (name) => [`torch.${name}`, name] as const,
  ),
]);

interface Token {
  readonly kind: 'number' | 'string' | 'name' | 'member' | 'mark';
  readonly text: string;
}

export class PythonSyntaxError extends Error {
  override readonly name: string = 'PythonSyntaxError';
}

export function isPythonCall(value: unknown): value is PythonCall {
  return typeof value === 'object' && value !== null && 'positional' in value && 'keywords' in value;
}

export function isPythonMember(value: unknown): value is PythonMember {
  return typeof value === 'object' && value !== null && 'of' in value && 'call' in value;
}

export function parsePythonExpression(text: string): PythonValue {
  const tokens = readTokens(text);
  const value = parseValue(tokens);
  if (tokens.length > 0) throw new PythonSyntaxError(`"${tokens[0]?.text}" follows the expression in ${text}`);
  return value;
}

function readTokens(text: string): Token[] {
  const tokens: Token[] = [];
  TOKEN.lastIndex = 0;
  while (TOKEN.lastIndex < text.length) {
    const start = TOKEN.lastIndex;
    const groups = TOKEN.exec(text)?.groups;
    const [kind, found] = Object.entries(groups ?? {}).find(([, group]) => group !== undefined) ?? [];
    if (kind === undefined) throw new PythonSyntaxError(`can't read "${text.slice(start)}"`);
    tokens.push({ kind: kind as Token['kind'], text: found as string });
  }
  return tokens;
}

function parseValue(tokens: Token[]): PythonValue {
  let value = parseWhole(tokens);
  while (tokens[0]?.kind === 'member') {
    const name = (tokens.shift() as Token).text;
    value = { of: value, name, call: tokens[0]?.text === '(' ? parseCall(name, tokens) : null };
  }
  return value;
}

function parseWhole(tokens: Token[]): PythonValue {
  const token = tokens.shift();
  switch (token?.kind) {
    case 'number':
      return /[.eE]/.test(token.text) ? new PythonFloat(Number(token.text)) : Number(token.text);
    case 'string':
      return token.text.slice(1, -1);
    case 'name':
      return tokens[0]?.text === '(' ? parseCall(token.text, tokens) : parseName(token.text);
    case 'mark':
      if (token.text === '(') return parseItems(tokens, ')');
      if (token.text === '[') return parseItems(tokens, ']');
      if (token.text === '{') return parseDictionary(tokens);
  }
  throw new PythonSyntaxError(`expected a value, found ${token === undefined ? 'the end' : `"${token.text}"`}`);
}

function parseName(name: string): PythonValue {
  const literal = LITERALS.get(name);
  if (literal === undefined) throw new PythonSyntaxError(`the name ${name} has no value`);
  return literal;
}

function parseItems(tokens: Token[], end: string): PythonValue[] {
  const items: PythonValue[] = [];
  while (!takeMark(tokens, end)) {
    items.push(parseValue(tokens));
    if (!takeMark(tokens, ',') && tokens[0]?.text !== end) throw new PythonSyntaxError(`expected "," or "${end}"`);
  }
  return items;
}

/** `{"a": 1}` is read as what it is short for, `OrderedDict(a=1)`. */
function parseDictionary(tokens: Token[]): PythonCall {
  const keywords: Record<string, PythonValue> = {};
  while (!takeMark(tokens, '}')) {
    const key = tokens.shift();
    if (key?.kind !== 'string' || !takeMark(tokens, ':')) throw new PythonSyntaxError('expected a key and ":"');
    keywords[key.text.slice(1, -1)] = parseValue(tokens);
    if (!takeMark(tokens, ',') && tokens[0]?.text !== '}') throw new PythonSyntaxError('expected "," or "}"');
  }
  return { name: 'OrderedDict', positional: [], keywords };
}

function parseCall(name: string, tokens: Token[]): PythonCall {
  tokens.shift();
  const positional: PythonValue[] = [];
  const keywords: Record<string, PythonValue> = {};
  while (!takeMark(tokens, ')')) {
    if (tokens[0]?.kind === 'name' && tokens[1]?.text === '=') {
      const keyword = tokens.splice(0, 2)[0] as Token;
      keywords[keyword.text] = parseValue(tokens);
    } else positional.push(parseValue(tokens));
    if (!takeMark(tokens, ',') && tokens[0]?.text !== ')')
      throw new PythonSyntaxError(`expected "," or ")" in the call of ${name}`);
  }
  return { name, positional, keywords };
}

function takeMark(tokens: Token[], mark: string): boolean {
  if (tokens[0]?.kind !== 'mark' || tokens[0].text !== mark) return false;
  tokens.shift();
  return true;
}

/** Keys that stand twice in a JSON object: JSON.parse takes the last one silently, the safetensors format forbids them. */

/** The first key that an object repeats, in text that JSON.parse has accepted. */
export function duplicateKey(json: string): string | undefined {
  // One entry for each open bracket: the keys seen so far in an object, null in an array.
  const open: (Set<string> | null)[] = [];
  let keyComes = false;
  for (let at = 0; at < json.length; at++) {
    switch (json[at]) {
      case '{':
        open.push(new Set());
        keyComes = true;
        break;
      case '[':
        open.push(null);
        keyComes = false;
        break;
      case '}':
      case ']':
        open.pop();
        keyComes = false;
        break;
      case ',':
        keyComes = open.at(-1) instanceof Set;
        break;
      case '"': {
        const end = endOfString(json, at);
        if (keyComes) {
          const key = JSON.parse(json.slice(at, end)) as string;
          const keys = open.at(-1)!;
          if (keys.has(key)) return key;
          keys.add(key);
          keyComes = false;
        }
        at = end - 1;
        break;
      }
    }
  }
  return undefined;
}

/** The place after the closing quote of the string that starts at `start`. */
function endOfString(json: string, start: number): number {
  let at = start + 1;
  while (json[at] !== '"') at += json[at] === '\\' ? 2 : 1;
  return at + 1;
}

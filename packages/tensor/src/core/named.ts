/** Options have names: what plain JavaScript may write in their place is refused, since it would be ignored. */
import { ValueError } from '@nn/backend';

/** The options, if they are an object of options. */
export function checkNamed<Options>(op: string, options: Options): Options {
  if (
    typeof options === 'object' &&
    options !== null &&
    !('length' in options || 'layout' in options || 'forward' in options)
  )
    return options;
  throw new ValueError(op, `got ${String(options)} where options belong, which have names: give { name: value }`);
}

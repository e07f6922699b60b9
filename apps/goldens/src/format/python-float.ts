/**
 * Python keeps `2` and `2.0` apart, JavaScript does not. In the attributes of a case the difference
 * decides the dtype of a result, so a number that was a float in Python is carried as a PythonFloat
 * until the moment it is handed to the library. Nothing here knows what an op is.
 */

/** A number that was a `float` in the Python call. */
export class PythonFloat {
  readonly value: number;

  constructor(value: number) {
    this.value = value;
  }
}

/** Anything that stands in the attributes of a case. */
export type Attribute = null | boolean | number | string | PythonFloat | readonly Attribute[] | AttributeRecord;

export interface AttributeRecord {
  readonly [name: string]: Attribute;
}

export function isAttributeRecord(value: Attribute | undefined): value is AttributeRecord {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof PythonFloat);
}

/** The same value as plain JavaScript: every PythonFloat becomes its number. */
export function toPlain(value: Attribute): unknown {
  if (value instanceof PythonFloat) return value.value;
  if (Array.isArray(value)) return value.map(toPlain);
  if (isAttributeRecord(value)) {
    return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, toPlain(item)]));
  }
  return value;
}

import type { DataType, Shape } from './data-types.ts';

/** Value of a node's attribute, as in TensorFlow's AttrValue (attr_value.proto). */
export type Attribute =
  | { readonly kind: 'type'; readonly value: DataType }
  | { readonly kind: 'types'; readonly value: readonly DataType[] }
  | { readonly kind: 'int'; readonly value: number }
  | { readonly kind: 'ints'; readonly value: readonly number[] }
  | { readonly kind: 'float'; readonly value: number }
  | { readonly kind: 'bool'; readonly value: boolean }
  | { readonly kind: 'text'; readonly value: string }
  | { readonly kind: 'texts'; readonly value: readonly string[] }
  | { readonly kind: 'shape'; readonly value: Shape }
  | { readonly kind: 'shapes'; readonly value: readonly Shape[] }
  /** Contents of a constant: raw little-endian elements; strings as their bytes, one each. */
  | {
      readonly kind: 'tensor';
      readonly dtype: DataType;
      readonly shape: Shape;
      readonly content: Uint8Array | readonly Uint8Array[];
    };

export type Attributes = Readonly<Record<string, Attribute>>;

export const typeAttribute = (value: DataType): Attribute => ({ kind: 'type', value });
export const intAttribute = (value: number): Attribute => ({ kind: 'int', value });
export const intsAttribute = (value: readonly number[]): Attribute => ({ kind: 'ints', value });
export const floatAttribute = (value: number): Attribute => ({ kind: 'float', value });
export const boolAttribute = (value: boolean): Attribute => ({ kind: 'bool', value });
export const textAttribute = (value: string): Attribute => ({ kind: 'text', value });
export const shapeAttribute = (value: Shape): Attribute => ({ kind: 'shape', value });

/** Whether a node's bool attribute is set. */
export function isSet(attributes: Attributes, name: string): boolean {
  const attribute = attributes[name];
  return attribute?.kind === 'bool' && attribute.value;
}

/** A text that is equal for equal attributes and different for different ones. */
export function attributesKey(attributes: Attributes): string {
  let key = '';
  for (const name in attributes) {
    const attribute = attributes[name]!;
    key += `;${name}=${attribute.kind}:`;
    if (attribute.kind === 'tensor') key += `${attribute.dtype}[${attribute.shape}]${contentKey(attribute.content)}`;
    else if (attribute.kind === 'shapes') key += JSON.stringify(attribute.value);
    else key += String(attribute.value);
  }
  return key;
}

function contentKey(content: Uint8Array | readonly Uint8Array[]): string {
  if (content instanceof Uint8Array)
    return Buffer.from(content.buffer, content.byteOffset, content.length).toString('latin1');
  return content.map((element) => `${element.length}:${contentKey(element)}`).join('');
}

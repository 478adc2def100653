const OFFSET_BASIS = 0x6c62272e07bb014262b821756295c58dn;
const PRIME = 0x0000000001000000000000000000013bn;

/**
 * FNV-1a with 128 bits (Fowler, Noll, Vo; RFC 9923) of a text of ASCII characters, as 32 hexadecimal digits. Stable
 * and quick, not for secrets.
 */
export function fnv1a128(text: string): string {
  let hash = OFFSET_BASIS;
  for (let index = 0; index < text.length; index++) {
    hash = BigInt.asUintN(128, (hash ^ BigInt(text.charCodeAt(index))) * PRIME);
  }
  return hash.toString(16).padStart(32, '0');
}

/** RFC 4648 base64. */
const AT_ONCE = 0x8000; // arguments that every engine takes

export function encodeBase64(bytes: Uint8Array): string {
  let binary = "";
  for (let i = 0; i < bytes.length; i += AT_ONCE) {
    binary += String.fromCharCode(...bytes.subarray(i, i + AT_ONCE));
  }
  return btoa(binary);
}

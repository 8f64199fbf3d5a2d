// What this page is: its view ("phone", "screen", "desk") and the address that everything of it lies under.
export const view = document.body.dataset.view;
export const base = document.body.dataset.base;

/** A random UUID. crypto.randomUUID is missing where pages come over plain HTTP, as on a laptop's own Wi-Fi. */
export function uuid() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = (bytes[6] & 0x0f) | 0x40;
  bytes[8] = (bytes[8] & 0x3f) | 0x80;
  const hex = Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join("-");
}

// A panel as the program sends it: the same fields, and HTML of as many bytes as asked for.
const html = (bytes) => "<p>In our own words</p>".repeat(Math.ceil(bytes / 23)).slice(0, bytes);

export const panel = ({ rev, bytes }) => ({ t: "panel", name: "bar", rev, hash: "9f2c0d4e8a7b6c5d", html: html(bytes) });

// A right that came as a link: its token stands behind the "#", where no server log sees it. Hand it in, once.
const form = document.querySelector("[data-token]");
const token = location.hash.slice(1);
const KEY = `open:${location.pathname}`;

if (token) {
  history.replaceState(null, "", location.pathname + location.search);
  sessionStorage.setItem(KEY, token); // it outlives signing in first
}
const held = token || sessionStorage.getItem(KEY);
if (form && held) {
  form.elements.token.value = held;
  sessionStorage.removeItem(KEY);
  form.submit();
}

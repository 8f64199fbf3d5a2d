// A sign-in link carries its token behind the "#", where no server log sees it. This hands it in, once.
const form = document.getElementById("enter");
const token = location.hash.slice(1);

if (form && token) {
  history.replaceState(null, "", location.pathname + location.search); // not kept in the history either
  form.elements.token.value = token;
  document.getElementById("enter-wait").hidden = false;
  form.submit();
}

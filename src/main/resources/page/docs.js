// Shows the API document with Swagger UI, whose requests carry the token that the page is given: the form's, or the one
// that the main page has been given in this tab.

const element = (id) => document.getElementById(id);
let token = sessionStorage.getItem("token") ?? "";

element("entry").addEventListener("submit", (event) => {
  event.preventDefault();
  token = element("token").value.trim();
  open();
});

async function open() {
  if (!token) return ask("");
  try {
    const answer = await fetch("openapi.json", { headers: { Authorization: `Bearer ${token}` } });
    if (answer.status === 401) return ask("This token is not known here.");
    if (!answer.ok) return ask((await answer.json()).detail);
    sessionStorage.setItem("token", token);
    show(await answer.json());
  } catch {
    ask("The server does not answer.");
  }
}

function ask(why) {
  element("entry").hidden = false;
  if (why) element("said").textContent = why;
  element("said").classList.toggle("bad", why !== "");
}

function show(spec) {
  element("entry").hidden = true;
  spec.servers = [{ url: new URL(".", location.href).href.replace(/\/$/, "") }];
  delete spec.security; // the token is there already: no second place to enter one
  delete spec.components.securitySchemes;
  parameters(spec).forEach(emptied);
  SwaggerUIBundle({
    spec,
    domNode: element("api"),
    deepLinking: true,
    validatorUrl: null, // else the document would be shown to a host of somebody else
    showMutatedRequest: false, // the token is not printed beside each request
    requestInterceptor: withToken,
  });
}

function parameters({ components, paths }) {
  const operations = Object.values(paths).flatMap((path) => Object.values(path));
  return [...Object.values(components.parameters), ...operations.flatMap(({ parameters }) => parameters ?? [])];
}

// Swagger UI writes the example into the field, and what stands in the field is sent: a filter that hides all there is,
// a made-up password for the registry.
function emptied(parameter) {
  if (parameter.required || parameter.example === undefined) return;
  parameter.description += ` Example: \`${[parameter.example].flat().join(",")}\``;
  delete parameter.example;
}

function withToken(request) {
  if (new URL(request.url, location.href).origin === location.origin) {
    request.headers.Authorization = `Bearer ${token}`;
  }
  return request;
}

open();

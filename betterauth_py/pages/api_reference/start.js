// Starts Swagger UI on the page /reference. The browser sends the visitor's cookies with each operation that is tried.
"use strict";

const dark = matchMedia("(prefers-color-scheme: dark)");
const followColorScheme = () => document.documentElement.classList.toggle("dark-mode", dark.matches);
followColorScheme();
dark.addEventListener("change", followColorScheme);

// A page cannot set a cookie that is kept from scripts, so there is nothing to fill in.
const explainCookies = () => ({
  wrapComponents: {
    apiKeyAuth: (Original, { React }) => (props) =>
      props.schema.get("in") === "cookie"
        ? React.createElement("p", null, props.schema.get("description"))
        : React.createElement(Original, props),
  },
});

async function start() {
  const response = await fetch("openapi.json");
  const spec = await response.json();
  // The address at hand, so that cookies travel whichever name of this server the visitor uses.
  spec.servers = [{ url: location.origin }];
  SwaggerUIBundle({
    spec,
    dom_id: "#api",
    deepLinking: true,
    displayRequestDuration: true,
    filter: true,
    plugins: [explainCookies],
    tryItOutEnabled: true,
    validatorUrl: "none",
  });
}

start();

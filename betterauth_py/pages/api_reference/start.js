// Starts Swagger UI on the page /reference. The browser sends the visitor's cookies with each operation that is tried.
"use strict";

const dark = matchMedia("(prefers-color-scheme: dark)");
const { theme } = document.documentElement.dataset;
const isDark = () => (theme === "default" || theme === "none" ? dark.matches : theme !== "alternate" && theme !== "solarized");
const followColorScheme = () => document.documentElement.classList.toggle("dark-mode", isDark());
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
  // The open-api plugin's page contains its document.
  const contained = document.getElementById("api-reference");
  const spec = contained ? JSON.parse(contained.textContent) : await (await fetch("openapi.json")).json();
  // The address at hand, so that cookies travel whichever name of this server the visitor uses.
  const { pathname } = new URL(spec.servers[0].url, location.origin);
  spec.servers = [{ url: location.origin + pathname.replace(/\/$/, "") }];
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

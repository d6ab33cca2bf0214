import { lazy, StrictMode, Suspense } from "react";
import { createRoot } from "react-dom/client";
import { useAddress } from "./router.jsx";

// Applications of their own: better-auth-ui's views, the same with the views of plugins and with the buttons of
// providers, and a page on its hooks.
const Views = lazy(() => import("./views/app.jsx"));
const Plugins = lazy(() => import("./views/plugins.jsx"));
const Social = lazy(() => import("./views/social.jsx"));
const Hooks = lazy(() => import("./hooks/app.jsx"));

function App() {
  const { pathname } = useAddress();
  const Page = { hooks: Hooks, plugins: Plugins, social: Social }[pathname.split("/")[1]] ?? Views;
  return (
    <Suspense>
      <Page />
    </Suspense>
  );
}

createRoot(document.getElementById("root")).render(
  <StrictMode>
    <App />
  </StrictMode>,
);

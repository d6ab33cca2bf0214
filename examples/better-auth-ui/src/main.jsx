import { lazy, StrictMode, Suspense } from "react";
import { createRoot } from "react-dom/client";
import { useAddress } from "./router.jsx";

// Two applications that share nothing but the client: better-auth-ui's own views, and a page on its hooks.
const Views = lazy(() => import("./views/app.jsx"));
const Hooks = lazy(() => import("./hooks/app.jsx"));

function App() {
  const { pathname } = useAddress();
  return <Suspense>{pathname.startsWith("/hooks") ? <Hooks /> : <Views />}</Suspense>;
}

createRoot(document.getElementById("root")).render(
  <StrictMode>
    <App />
  </StrictMode>,
);

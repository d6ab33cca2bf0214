import { useSyncExternalStore } from "react";

// What an application's router does, in a few lines: changing the address without loading the page again.
const MOVED = "betterauth:moved";

export const navigate = (href) => move("pushState", href);
export const replace = (href) => move("replaceState", href);

function move(how, href) {
  if (new URL(href, location.href).origin !== location.origin) return location.assign(href);
  history[how](null, "", href);
  dispatchEvent(new Event(MOVED));
}

function subscribe(listener) {
  for (const event of [MOVED, "popstate"]) addEventListener(event, listener);
  return () => {
    for (const event of [MOVED, "popstate"]) removeEventListener(event, listener);
  };
}

export const useAddress = () => new URL(useSyncExternalStore(subscribe, () => location.href));

export function Link({ href, children, ...rest }) {
  function follow(event) {
    if (event.defaultPrevented || event.metaKey || event.ctrlKey || event.shiftKey) return;
    event.preventDefault();
    navigate(href);
  }
  return (
    <a {...rest} href={href} onClick={follow}>
      {children}
    </a>
  );
}

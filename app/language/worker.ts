/** The language worker: TypeScript and the declarations, apart from the page. It reads cells and never runs them. */
import type { FromLanguage, ToLanguage } from "./protocol.ts";
import { LanguageServer } from "./server.ts";
import library from "virtual:type-library";

const scope = self as unknown as {
  onmessage: ((event: MessageEvent<ToLanguage>) => void) | null;
  postMessage(message: FromLanguage): void;
};

const server = new LanguageServer(library, {
  post: (message) => scope.postMessage(message),
  later(ms, act) {
    const timer = setTimeout(act, ms);
    return () => clearTimeout(timer);
  },
});

scope.onmessage = ({ data }) => server.receive(data);

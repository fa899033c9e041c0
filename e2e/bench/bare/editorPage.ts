/** The bare side of the keystroke benchmark: y-websocket and one CodeMirror, nothing else. */
import { javascript } from "@codemirror/lang-javascript";
import { basicSetup, EditorView } from "codemirror";
import { yCollab } from "y-codemirror.next";
import { WebsocketProvider } from "y-websocket";
import * as Y from "yjs";

const doc = new Y.Doc();
const room = new URLSearchParams(location.search);
const server = room.get("server") ?? "";
const provider = new WebsocketProvider(server, "bare", doc, { disableBc: true });
const text = doc.getText("text");
new EditorView({
  parent: document.body,
  doc: text.toJSON(),
  extensions: [
    basicSetup,
    javascript({ typescript: true }),
    yCollab(text, provider.awareness, { undoManager: new Y.UndoManager(text) }),
    EditorView.contentAttributes.of({ "aria-label": "Bare source" }),
  ],
});

/**
 * The smallest server that acknowledges updates: `node acknowledger.js <file> <FULL or OFF>`. With OFF it says of
 * updates that they are durable which are not: what a trace of system calls has to notice, or it proves nothing.
 * Plain JavaScript, so that Node runs it as it is.
 */
import Database from "better-sqlite3";
import process from "node:process";
import { WebSocketServer } from "ws";

const [file = "", synchronous = "FULL"] = process.argv.slice(2);
const db = new Database(file);
db.pragma("journal_mode = WAL");
db.pragma(`synchronous = ${synchronous}`);
db.exec("CREATE TABLE updates (data BLOB)");
const insert = db.prepare("INSERT INTO updates VALUES (?)");

const server = new WebSocketServer({ port: 0, host: "127.0.0.1" });
server.on("connection", (socket) => {
  let count = 0;
  socket.on("message", (message) => {
    insert.run(message);
    for (const other of server.clients) if (other !== socket) other.send(message);
    socket.send(Uint8Array.of(120, ++count)); // fewer than 128 are sent
  });
});
server.on("listening", () =>
  console.log(`Ensemble is at http://127.0.0.1:${server.address().port}`),
);
process.on("SIGTERM", () => process.exit(0));

/** Hocuspocus as a process of its own: node hocuspocus.js <port> [SQLite file]. Without a file it keeps nothing. */
import { SQLite } from "@hocuspocus/extension-sqlite";
import { Server } from "@hocuspocus/server";
import process from "node:process";

const [port, database] = process.argv.slice(2);
const server = new Server({
  address: "127.0.0.1",
  port: Number(port),
  quiet: true,
  extensions: database === undefined ? [] : [new SQLite({ database })],
});
await server.listen();
console.log("running");

// The server of y-websocket, as its README embeds it. In memory: nothing is written to a disk.
import { createServer } from "node:http";
import { WebSocketServer } from "ws";
import { setupWSConnection } from "@y/websocket-server/utils";

const server = createServer((_request, response) => response.end("ok"));
const wss = new WebSocketServer({ server, perMessageDeflate: false });
wss.on("connection", setupWSConnection);
server.listen(Number(process.env.PORT), "127.0.0.1");

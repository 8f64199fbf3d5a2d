// Node `ws`, as its README broadcasts: to every client that is open, one send each.
import { createServer } from "node:http";
import { WebSocket, WebSocketServer } from "ws";
import { panel } from "./panel.mjs";

const server = createServer((_request, response) => response.end("ok"));
const wss = new WebSocketServer({ server, perMessageDeflate: false });

wss.on("connection", (socket) => {
  socket.on("error", console.error);
  socket.on("message", (data) => {
    const press = JSON.parse(data);
    if (press.t !== "press") return;
    const message = JSON.stringify(panel(press));
    for (const client of wss.clients) {
      if (client.readyState === WebSocket.OPEN) client.send(message);
    }
  });
});

server.listen(Number(process.env.PORT), "127.0.0.1");

// socket.io, as its documentation broadcasts: io.emit. Deflate is off, as it is by default.
import { createServer } from "node:http";
import { Server } from "socket.io";
import { panel } from "./panel.mjs";

const server = createServer((_request, response) => response.end("ok"));
const io = new Server(server, { transports: ["websocket"] });

io.on("connection", (socket) => {
  socket.on("press", (press) => io.emit("panel", panel(press)));
});

server.listen(Number(process.env.PORT), "127.0.0.1");

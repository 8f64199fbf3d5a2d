// Hocuspocus with its defaults and no extension: documents live in memory.
import { Server } from "@hocuspocus/server";

const server = new Server({
  port: Number(process.env.PORT),
  address: "127.0.0.1",
  quiet: true,
  onRequest: async ({ response }) => {
    response.end("ok");
    throw null; // as its documentation ends a request that is answered
  },
});
server.listen();

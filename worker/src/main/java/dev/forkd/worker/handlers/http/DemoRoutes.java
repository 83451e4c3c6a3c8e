package dev.forkd.worker.handlers.http;

import dev.forkd.handler.ServerInfo;
import dev.forkd.handler.http.Exchange;
import dev.forkd.handler.http.Json;
import dev.forkd.handler.http.Response;
import dev.forkd.handler.http.Routes;
import java.time.Instant;

/** Routes to look at a running service with: {@code curl http://host/api/whoami} twice shows two processes. */
final class DemoRoutes {
    private DemoRoutes() {}

    static Routes routes() {
        return new Routes()
                .get("/healthz", _ -> Response.text("ok\n").withHeader("Cache-Control", "no-store"))
                .get(
                        "/api/time",
                        _ -> Response.json(Json.object("time", Instant.now().toString()) + "\n")
                                .withHeader("Cache-Control", "no-store"))
                .get("/api/whoami", DemoRoutes::whoAmI)
                .post("/api/echo", DemoRoutes::echo)
                .put("/api/echo", DemoRoutes::echo);
    }

    private static Response whoAmI(Exchange exchange) {
        ServerInfo server = exchange.connection().server();
        String json = Json.object(
                "service", server.service(),
                "pid", server.pid(),
                "slot", server.slot(),
                "generation", server.generation(),
                "engine", server.engine(),
                "client", exchange.client(),
                "connection", exchange.connection().id(),
                "hand-off-us", exchange.connection().handOffNanos() / 1000);
        return Response.json(json + "\n").withHeader("Cache-Control", "no-store");
    }

    /** The body as it came, under the type that it came with, unless a browser could take that for a page of ours. */
    private static Response echo(Exchange exchange) throws Exception {
        String type = exchange.header("Content-Type").orElse("application/octet-stream");
        String safe = type.startsWith("application/json") || type.startsWith("text/plain")
                ? type
                : "application/octet-stream";
        return Response.bytes(safe, exchange.bytes()).withHeader("X-Content-Type-Options", "nosniff");
    }
}

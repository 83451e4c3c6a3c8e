package dev.forkd.worker.handlers.http;

import dev.forkd.handler.AccessEntry;
import dev.forkd.handler.http.HttpError;
import dev.forkd.handler.http.Json;
import dev.forkd.handler.http.Response;
import dev.forkd.handler.http.Routes;
import dev.forkd.handler.http.RoutesProvider;
import dev.forkd.worker.testing.HandlerServer;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** A service with routes that do what routes may do, well and badly. */
public final class SampleRoutes implements RoutesProvider {
    /** Serves them. @param settings beside the one that names this class */
    static HandlerServer serve(Map<String, String> settings) throws Exception {
        Map<String, String> all = new HashMap<>(settings);
        all.put("routes", SampleRoutes.class.getName());
        return new HandlerServer(new HttpHandler(), Optional.empty(), all);
    }

    /** The statuses that the access log was told. */
    static List<Integer> statuses(HandlerServer server) {
        return server.accesses.stream().map(AccessEntry::status).toList();
    }

    /** Waits until so many clients have failed, as the worker would log it. */
    static void awaitFailures(HandlerServer server, int count) {
        while (server.failures.size() < count) {
            Thread.onSpinWait();
        }
    }

    @Override
    public void addTo(Routes routes) {
        routes.get("/hello/{name}", e -> Response.text("Hello, " + e.parameter("name") + "\n"))
                .post("/form", e -> Response.json(Json.write(e.form())))
                .post("/ignore", _ -> Response.text("ignored\n"))
                .get(
                        "/stream",
                        _ -> Response.stream("text/plain", out -> {
                            for (int i = 0; i < 2000; i++) {
                                out.write("0123456789".getBytes(StandardCharsets.US_ASCII));
                            }
                        }))
                .get(
                        "/broken-stream",
                        _ -> Response.stream("text/plain", out -> {
                            out.write(new byte[100_000]);
                            throw new IOException("the source dried up");
                        }))
                .get(
                        "/early-broken-stream",
                        _ -> Response.stream("text/plain", out -> {
                            out.write(1);
                            throw new IOException("the source is dry");
                        }))
                .get("/teapot", _ -> {
                    throw new HttpError(418, "I'm a teapot");
                })
                .get("/bug", _ -> {
                    throw new IllegalStateException("a bug");
                });
    }
}

package dev.forkd.examples;

import dev.forkd.handler.http.Exchange;
import dev.forkd.handler.http.HttpError;
import dev.forkd.handler.http.Json;
import dev.forkd.handler.http.Response;
import dev.forkd.handler.http.Routes;
import dev.forkd.handler.http.RoutesProvider;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;

/** A few routes: a path with a name in it, a form, a stream, and an answer as JSON. */
public final class Arithmetic implements RoutesProvider {

    @Override
    public void addTo(Routes routes) {
        routes.get("/hello/{name}", exchange -> Response.text("Hello, " + exchange.parameter("name") + "!\n"))
                .get("/countdown/{from}", Arithmetic::countdown)
                .post("/sum", Arithmetic::sum);
    }

    /** Written piece by piece: the client sees the first line before the last one exists. */
    private static Response countdown(Exchange exchange) throws HttpError {
        int from = number(exchange.parameter("from"));
        return Response.stream("text/plain; charset=utf-8", out -> {
            for (int i = from; i >= 0; i--) {
                out.write((i + "\n").getBytes(StandardCharsets.US_ASCII));
                out.flush();
            }
        });
    }

    private static Response sum(Exchange exchange) throws Exception {
        Map<String, List<String>> form = exchange.form();
        long sum = 0;
        for (String n : form.getOrDefault("n", List.of())) {
            sum += number(n);
        }
        return Response.json(Json.object(
                        "sum", sum, "process", exchange.connection().server().pid()) + "\n");
    }

    private static int number(String text) throws HttpError {
        try {
            return Integer.parseInt(text);
        } catch (NumberFormatException e) {
            throw new HttpError(400, "\"" + text + "\" is not a number");
        }
    }
}

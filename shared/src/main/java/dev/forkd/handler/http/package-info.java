/**
 * What the author of a web service writes against: {@link dev.forkd.handler.http.Routes} from paths to functions, each of which
 * turns an {@link dev.forkd.handler.http.Exchange} into a {@link dev.forkd.handler.http.Response}.
 *
 * <pre>{@code
 * public final class Greetings implements RoutesProvider {
 *     public void addTo(Routes routes) {
 *         routes.get("/hello/{name}", exchange -> Response.text("Hello, " + exchange.parameter("name") + "!\n"));
 *     }
 * }
 * }</pre>
 *
 * The class is named in the configuration of a service with {@code handler = "http"}: {@code routes = "com.example.Greetings"}.
 */
package dev.forkd.handler.http;

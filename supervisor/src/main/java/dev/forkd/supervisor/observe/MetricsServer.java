package dev.forkd.supervisor.observe;

import com.sun.net.httpserver.HttpExchange;
import dev.forkd.text.AddressText;
import io.prometheus.metrics.exporter.httpserver.HTTPServer;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Metrics over HTTP, for Prometheus, at {@code /metrics}; at {@code /healthz} 200 while the supervisor takes clients, else 503. On two
 * threads of its own, which ask the loop for its numbers; a reader that is slow or silent keeps neither the loop nor, for long, the other
 * readers waiting.
 */
public final class MetricsServer implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(MetricsServer.class);
    private static final int THREADS = 2;

    static {
        // Limits of the JDK's server: seconds for a request and for a reply, and connections at once.
        System.setProperty("sun.net.httpserver.maxReqTime", "5");
        System.setProperty("sun.net.httpserver.maxRspTime", "10");
        System.setProperty("jdk.httpserver.maxConnections", "32");
    }

    private final Supplier<Sample> source;
    private Optional<Running> running = Optional.empty();

    private record Running(InetSocketAddress configured, HTTPServer server, ExecutorService threads) {
        void stop() {
            server.stop();
            threads.shutdownNow();
        }
    }

    /** @param source asks the loop; may throw if that does not answer */
    public MetricsServer(Supplier<Sample> source) {
        this.source = source;
    }

    /** Serves there from now on, or nowhere. @throws IOException if it cannot; then all is as before */
    public void use(Optional<InetSocketAddress> address) throws IOException {
        if (running.map(Running::configured).equals(address)) {
            return;
        }
        Optional<Running> before = running;
        running = address.isPresent() ? Optional.of(start(address.get())) : Optional.empty();
        before.ifPresent(Running::stop);
    }

    private Running start(InetSocketAddress address) throws IOException {
        if (address.isUnresolved()) {
            throw new IOException("unknown host " + address.getHostString());
        }
        PrometheusRegistry registry = new PrometheusRegistry();
        registry.register(new SampleMetrics(source));
        ExecutorService threads = Executors.newFixedThreadPool(
                THREADS, Thread.ofPlatform().name("forkd-metrics-", 1).daemon().factory());
        try {
            HTTPServer server = HTTPServer.builder()
                    .inetAddress(address.getAddress())
                    .port(address.getPort())
                    .executorService(threads)
                    .registry(registry)
                    .registerHealthHandler(false)
                    .defaultHandler(this::other)
                    .buildAndStart();
            LOG.info(
                    "event=metrics listen=http://{}/metrics",
                    AddressText.of(new InetSocketAddress(address.getAddress(), server.getPort())));
            return new Running(address, server, threads);
        } catch (IOException e) {
            threads.shutdownNow();
            throw e;
        }
    }

    private void other(HttpExchange exchange) throws IOException {
        switch (exchange.getRequestURI().getPath()) {
            case "/healthz" -> {
                String state = state();
                answer(exchange, state.equals("RUNNING") ? 200 : 503, state);
            }
            case "/" -> answer(exchange, 200, "forkd: /metrics for Prometheus, /healthz for readiness");
            default -> answer(exchange, 404, "there are /metrics and /healthz");
        }
    }

    private String state() {
        try {
            return source.get().state();
        } catch (IllegalStateException e) {
            return e.getMessage();
        }
    }

    private static void answer(HttpExchange exchange, int status, String text) throws IOException {
        try (exchange) {
            byte[] body = (text + "\n").getBytes(StandardCharsets.UTF_8);
            exchange.getResponseHeaders().add("Content-Type", "text/plain; charset=utf-8");
            boolean head = exchange.getRequestMethod().equals("HEAD");
            exchange.sendResponseHeaders(status, head ? -1 : body.length);
            if (!head) {
                exchange.getResponseBody().write(body);
            }
        }
    }

    @Override
    public void close() {
        running.ifPresent(Running::stop);
        running = Optional.empty();
    }
}

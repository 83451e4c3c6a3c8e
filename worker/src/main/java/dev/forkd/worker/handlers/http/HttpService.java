package dev.forkd.worker.handlers.http;

import dev.forkd.handler.AccessEntry;
import dev.forkd.handler.Request;
import dev.forkd.handler.ServerInfo;
import dev.forkd.handler.http.Routes;
import dev.forkd.handler.http.RoutesProvider;
import dev.forkd.worker.handlers.http.files.StaticFiles;
import dev.forkd.worker.handlers.http.proxy.ProxyProtocol;
import dev.forkd.worker.handlers.http.wire.ClientGoneException;
import dev.forkd.worker.handlers.http.wire.SlowClientException;
import dev.forkd.worker.handlers.http.wire.SocketWire;
import dev.forkd.worker.handlers.http.wire.TlsWire;
import dev.forkd.worker.handlers.http.wire.Wire;
import dev.forkd.worker.handlers.tls.CipherPractice;
import dev.forkd.worker.handlers.tls.ServerTls;
import java.io.EOFException;
import java.io.IOException;
import java.net.SocketAddress;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import javax.net.ssl.SSLException;

/** A configured service: all that its clients share. Immutable, for all threads. */
record HttpService(HttpSettings settings, List<Routes> tables, Optional<ServerTls> tls) {

    /** @throws Exception if the configuration cannot be served; says which setting is wrong */
    static HttpService of(ServerInfo server) throws Exception {
        HttpSettings settings = HttpSettings.of(server);
        List<Routes> tables = new ArrayList<>();
        if (settings.routes().isPresent()) {
            tables.add(load(settings.routes().get(), server));
        }
        if (settings.demoRoutes()) {
            tables.add(DemoRoutes.routes());
        }
        Optional<ServerTls> tls = settings.tls().isEmpty()
                ? Optional.empty()
                : Optional.of(new ServerTls(
                        settings.tls().get().certificate(), settings.tls().get().key(), "http/1.1"));
        if (tls.isPresent()) {
            CipherPractice.inZygote(server);
        }
        return new HttpService(settings, List.copyOf(tables), tls);
    }

    /** The same with the files of another directory. */
    HttpService serving(Path root) {
        return new HttpService(settings.withSite(new StaticFiles.Site(root, List.of(), false, false)), tables, tls);
    }

    /** The service's own classes are where the context class loader finds them. */
    private static Routes load(String className, ServerInfo server) throws Exception {
        RoutesProvider provider;
        try {
            provider = Class.forName(className, true, Thread.currentThread().getContextClassLoader())
                    .asSubclass(RoutesProvider.class)
                    .getConstructor()
                    .newInstance();
        } catch (ReflectiveOperationException | ClassCastException e) {
            throw new IllegalArgumentException(
                    "setting routes = \"" + className + "\" does not name a class on the service's classpath that"
                            + " implements " + RoutesProvider.class.getName()
                            + " and has a public constructor without parameters",
                    e);
        }
        Routes routes = new Routes();
        provider.start(server);
        provider.addTo(routes);
        return routes;
    }

    /** Serves one client: PROXY header and TLS handshake where they are due, then its requests. */
    void serve(Request request) throws Exception {
        SocketWire socket = new SocketWire(request, settings.stallTimeout());
        socket.patience().limit(settings.headerTimeout());
        Optional<Client> client = client(request, socket);
        if (client.isEmpty()) {
            return;
        }
        if (tls.isEmpty()) {
            serve(client.get(), socket);
            return;
        }
        TlsWire wire = new TlsWire(socket, tls.get().newEngine());
        if (handshake(wire, client.get())) {
            serve(client.get(), wire);
        }
    }

    /** Serves one client's requests on a wire that is ready for them. */
    void serve(Client client, Wire wire) throws Exception {
        try (Files files = new Files(settings.site().map(StaticFiles::new))) {
            new HttpConnection(settings, new Dispatcher(tables, files.files()), client, wire).serve();
        }
    }

    /** One client's open files, if there are files at all. */
    private record Files(Optional<StaticFiles> files) implements AutoCloseable {
        @Override
        public void close() throws IOException {
            if (files.isPresent()) {
                files.get().close();
            }
        }
    }

    /** Empty if nobody is there after all: a load balancer that only looks whether the port answers. */
    private Optional<Client> client(Request request, SocketWire socket) throws IOException {
        SocketAddress source = request.clientAddress();
        if (settings.trusted().isEmpty() || !settings.trusted().get().contains(source)) {
            return Optional.of(Client.at(request, source));
        }
        try {
            return ProxyProtocol.readSource(socket, source).map(address -> Client.at(request, address));
        } catch (SlowClientException e) {
            return Optional.empty();
        }
    }

    /** Clients that cannot or will not agree on TLS are daily business: a line in the access log, no more. */
    private static boolean handshake(TlsWire wire, Client client) throws IOException {
        Instant begun = Instant.now();
        long start = System.nanoTime();
        try {
            wire.handshake();
            return true;
        } catch (SSLException | EOFException | SlowClientException | ClientGoneException e) {
            client.request()
                    .access(new AccessEntry(
                            client.name(),
                            "",
                            "(TLS handshake failed: " + e.getMessage() + ")",
                            400,
                            0,
                            "",
                            "",
                            begun,
                            System.nanoTime() - start));
            return false;
        }
    }
}

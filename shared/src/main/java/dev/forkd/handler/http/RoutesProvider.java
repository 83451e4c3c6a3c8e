package dev.forkd.handler.http;

import dev.forkd.handler.ServerInfo;

/** A service's own routes: a public class with a public constructor without parameters, named by the setting {@code routes}. */
@FunctionalInterface
public interface RoutesProvider {

    /** Called once, from {@code Handler.start}, and bound by its rules: no sockets, no threads. */
    void addTo(Routes routes) throws Exception;

    /** The service that the routes belong to, with its settings; called before {@link #addTo}. */
    default void start(ServerInfo server) throws Exception {}
}

package dev.forkd.worker.handlers.http;

import dev.forkd.handler.Request;
import dev.forkd.handler.ServerInfo;
import dev.forkd.text.AddressText;
import java.net.SocketAddress;

/**
 * Who is served.
 *
 * @param request the connection
 * @param name the client's address as text, without port: the one that a trusted load balancer reports, else the connection's own
 */
record Client(Request request, String name) {

    static Client at(Request request, SocketAddress address) {
        return new Client(request, AddressText.source(address));
    }

    ServerInfo server() {
        return request.server();
    }
}

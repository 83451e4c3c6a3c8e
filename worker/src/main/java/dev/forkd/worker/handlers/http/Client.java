package dev.forkd.worker.handlers.http;

import dev.forkd.handler.Request;
import dev.forkd.handler.ServerInfo;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.UnixDomainSocketAddress;

/**
 * Who is served.
 *
 * @param request the connection
 * @param name the client's address as text, without port: the one that a trusted load balancer reports, else the connection's own
 */
record Client(Request request, String name) {

    static Client at(Request request, SocketAddress address) {
        String name = switch (address) {
            case InetSocketAddress inet -> inet.getAddress().getHostAddress();
            case UnixDomainSocketAddress unix -> "unix:" + unix.getPath();
            default -> address.toString();
        };
        return new Client(request, name);
    }

    ServerInfo server() {
        return request.server();
    }
}

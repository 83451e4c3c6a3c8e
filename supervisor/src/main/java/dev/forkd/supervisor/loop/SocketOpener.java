package dev.forkd.supervisor.loop;

import dev.forkd.supervisor.config.ConfigException;
import dev.forkd.supervisor.config.ForkdConfig;
import dev.forkd.supervisor.config.ListenUrl;
import dev.forkd.supervisor.config.ServiceConfig;
import dev.forkd.supervisor.net.InheritedSockets;
import dev.forkd.supervisor.net.ListenSocket;
import dev.forkd.sys.SyscallException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** Opens all sockets that a configuration asks for, or none: a start or reload with a port in use changes nothing. */
final class SocketOpener {
    private SocketOpener() {}

    /**
     * @param already URLs, as configured, that are open and stay so, by service and URL
     * @param inherited sockets of systemd, which take the place of what the service of their name says
     * @throws ConfigException naming the line of the one that cannot be opened; then none is
     */
    static List<Supervisor.Opened> open(ForkdConfig config, Set<String> already, InheritedSockets inherited)
            throws ConfigException {
        List<Supervisor.Opened> opened = new ArrayList<>();
        try {
            for (ServiceConfig service : config.services()) {
                List<ListenSocket> given = inherited.take(service.name());
                for (ListenSocket socket : given) {
                    opened.add(new Supervisor.Opened(service.name(), socket.url(), socket));
                }
                if (given.isEmpty()) {
                    for (ListenUrl url : service.listen()) {
                        if (!already.contains(key(service.name(), url.text()))) {
                            opened.add(new Supervisor.Opened(service.name(), url, open(config, service, url)));
                        }
                    }
                }
            }
            return opened;
        } catch (ConfigException e) {
            opened.forEach(o -> o.socket().close());
            throw e;
        }
    }

    private static ListenSocket open(ForkdConfig config, ServiceConfig service, ListenUrl url) throws ConfigException {
        try {
            return ListenSocket.open(url);
        } catch (SyscallException e) {
            throw ConfigException.at(config, List.of("services", service.name(), "listen"), e.getMessage());
        }
    }

    static String key(String service, String url) {
        return service + " " + url;
    }
}

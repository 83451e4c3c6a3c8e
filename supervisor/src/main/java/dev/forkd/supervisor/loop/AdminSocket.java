package dev.forkd.supervisor.loop;

import dev.forkd.supervisor.config.ConfigException;
import dev.forkd.supervisor.config.ForkdConfig;
import dev.forkd.supervisor.config.ListenUrl;
import dev.forkd.supervisor.config.Transport;
import dev.forkd.supervisor.control.AdminClient;
import dev.forkd.supervisor.control.AdminException;
import dev.forkd.supervisor.net.ListenSocket;
import dev.forkd.sys.Errno;
import dev.forkd.sys.SyscallException;
import dev.forkd.text.FileErrors;
import java.io.IOException;
import java.net.UnixDomainSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import tools.jackson.databind.node.JsonNodeFactory;

/** Opens the admin socket, for this user alone; who connects before the mode is set is turned away by his credentials. */
final class AdminSocket {
    private static final Duration PATIENCE = Duration.ofSeconds(2);

    private AdminSocket() {}

    /** @throws ConfigException if it cannot be opened: why, and if another forkd has it, which */
    static ListenSocket open(ForkdConfig config) throws ConfigException {
        Path path = config.control().socket();
        try {
            Files.createDirectories(path.getParent());
            ListenSocket socket =
                    ListenSocket.open(new ListenUrl(Transport.UNIX, UnixDomainSocketAddress.of(path), "unix:" + path));
            Files.setPosixFilePermissions(path, PosixFilePermissions.fromString("rw-------"));
            return socket;
        } catch (IOException e) {
            boolean taken = e instanceof SyscallException call && call.errno() == Errno.EADDRINUSE;
            throw ConfigException.at(
                    config,
                    List.of("control", "socket"),
                    "control.socket: "
                            + (taken
                                    ? whoListens(path)
                                            + "; another one needs a control.socket, or --control PATH, of its own"
                                    : FileErrors.message(e)));
        }
    }

    private static String whoListens(Path path) {
        try {
            int pid = new AdminClient(path)
                    .ask("status", JsonNodeFactory.instance.objectNode(), PATIENCE)
                    .path("pid")
                    .asInt();
            return "a forkd, pid " + pid + ", runs there already (forkd status --control " + path + ")";
        } catch (AdminException e) {
            return path + " is in use, and no forkd answers there (`ss -lxp` tells which program)";
        }
    }
}

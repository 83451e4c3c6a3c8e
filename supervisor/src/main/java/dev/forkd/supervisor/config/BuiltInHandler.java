package dev.forkd.supervisor.config;

import static dev.forkd.supervisor.config.Setting.Kind.BOOL;
import static dev.forkd.supervisor.config.Setting.Kind.DIRECTORY;
import static dev.forkd.supervisor.config.Setting.Kind.DURATION;
import static dev.forkd.supervisor.config.Setting.Kind.FILE;
import static dev.forkd.supervisor.config.Setting.Kind.PORTS;
import static dev.forkd.supervisor.config.Setting.Kind.SIZE;
import static dev.forkd.supervisor.config.Setting.Kind.TEXT;
import static dev.forkd.supervisor.config.Setting.Kind.TEXTS;

import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * What the configuration knows of a built-in handler: what it can listen on and which settings it has, directly under
 * {@code [services.NAME]}. The handlers themselves live in the worker; this table is all that is said of them here, so a new
 * setting is one line, and one in docs/configuration.md.
 *
 * @param needsRoot whether {@code root} must be given
 * @param eventDriven whether {@code threads = "selector"} works with it
 */
record BuiltInHandler(
        String name, Set<Transport> transports, boolean needsRoot, boolean eventDriven, List<Setting> settings) {

    static final List<BuiltInHandler> ALL = List.of(
            new BuiltInHandler("echo", EnumSet.allOf(Transport.class), false, true, List.of()),
            new BuiltInHandler(
                    "files",
                    EnumSet.of(Transport.TCP, Transport.UNIX),
                    true,
                    false,
                    List.of(
                            new Setting("writable", BOOL),
                            new Setting("max-file-size", SIZE),
                            new Setting("partial-expiry", DURATION))),
            new BuiltInHandler(
                    "http",
                    EnumSet.of(Transport.TCP, Transport.UNIX),
                    false,
                    false,
                    List.of(
                            new Setting("index", TEXTS),
                            new Setting("listing", BOOL),
                            new Setting("hidden", BOOL),
                            new Setting("proxy-protocol", BOOL),
                            new Setting("proxy-trusted", TEXTS),
                            new Setting("max-body", SIZE),
                            new Setting("routes", TEXT),
                            new Setting("demo-routes", BOOL),
                            new Setting("server-header", TEXT),
                            new Setting("timeouts.header", DURATION),
                            new Setting("timeouts.keep-alive", DURATION),
                            new Setting("timeouts.stall", DURATION),
                            new Setting("tls.certificate", FILE),
                            new Setting("tls.key", FILE))),
            new BuiltInHandler(
                    "ftp",
                    EnumSet.of(Transport.TCP),
                    false,
                    false,
                    List.of(
                            new Setting("anonymous", BOOL),
                            new Setting("hidden", BOOL),
                            new Setting("banner", TEXT),
                            new Setting("passive-ports", PORTS),
                            new Setting("public-address", TEXT),
                            new Setting("timeouts.login", DURATION),
                            new Setting("timeouts.data", DURATION),
                            new Setting("tls.certificate", FILE),
                            new Setting("tls.key", FILE),
                            new Setting("tls.required", BOOL),
                            new Setting("users.*.password-hash", TEXT),
                            new Setting("users.*.root", DIRECTORY),
                            new Setting("users.*.read-only", BOOL),
                            new Setting("users.*.quota", SIZE))));

    static Optional<BuiltInHandler> named(String name) {
        return ALL.stream().filter(h -> h.name().equals(name)).findFirst();
    }

    static List<String> names() {
        return ALL.stream().map(BuiltInHandler::name).toList();
    }

    Optional<Setting> setting(String path) {
        return settings.stream().filter(s -> s.matches(path)).findFirst();
    }

    /** Whether there are settings in the table of this name. */
    boolean hasBelow(String path) {
        return settings.stream().anyMatch(s -> s.isBelow(path));
    }

    /** The keys that a table may have; {@code prefix} is its name and a dot, or empty. */
    Set<String> namesBelow(String prefix) {
        int depth = (int) prefix.chars().filter(c -> c == '.').count();
        return settings.stream()
                .filter(s -> prefix.isEmpty() || s.isBelow(prefix.substring(0, prefix.length() - 1)))
                .map(s -> s.name().split("\\.", -1)[depth])
                .filter(key -> !key.equals("*"))
                .collect(Collectors.toSet());
    }
}

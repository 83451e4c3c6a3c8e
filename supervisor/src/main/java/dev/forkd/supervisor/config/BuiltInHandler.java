package dev.forkd.supervisor.config;

import static dev.forkd.supervisor.config.Setting.Kind.BOOL;
import static dev.forkd.supervisor.config.Setting.Kind.CERTIFICATE;
import static dev.forkd.supervisor.config.Setting.Kind.CLASS;
import static dev.forkd.supervisor.config.Setting.Kind.DIRECTORY;
import static dev.forkd.supervisor.config.Setting.Kind.DURATION;
import static dev.forkd.supervisor.config.Setting.Kind.PASSWORD_HASH;
import static dev.forkd.supervisor.config.Setting.Kind.PORTS;
import static dev.forkd.supervisor.config.Setting.Kind.PRIVATE_KEY;
import static dev.forkd.supervisor.config.Setting.Kind.SIZE;
import static dev.forkd.supervisor.config.Setting.Kind.TEXT;
import static dev.forkd.supervisor.config.Setting.Kind.TEXTS;

import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * What the configuration knows of a built-in handler: what it can listen on, which settings it has, directly under
 * {@code [services.NAME]}, and what it cannot do without. The handlers themselves live in the worker; this table is all that is said of them here, so a new
 * setting is one line, and one in docs/configuration.md.
 *
 * @param eventDriven whether {@code threads = "selector"} works with it
 */
record BuiltInHandler(
        String name, Set<Transport> transports, boolean eventDriven, List<Setting> settings, List<Need> needs) {
    private static final String DIRECTORY_SERVED = ", the directory that it serves";

    static final List<BuiltInHandler> ALL = List.of(
            new BuiltInHandler("echo", EnumSet.allOf(Transport.class), true, List.of(), List.of()),
            new BuiltInHandler(
                    "files",
                    EnumSet.of(Transport.TCP, Transport.UNIX),
                    false,
                    List.of(
                            new Setting("writable", BOOL),
                            new Setting("max-file-size", SIZE),
                            new Setting("partial-expiry", DURATION)),
                    List.of(Need.always("root", DIRECTORY_SERVED))),
            new BuiltInHandler(
                    "http",
                    EnumSet.of(Transport.TCP, Transport.UNIX),
                    false,
                    List.of(
                            new Setting("index", TEXTS),
                            new Setting("listing", BOOL),
                            new Setting("hidden", BOOL),
                            new Setting("proxy-protocol", BOOL),
                            new Setting("proxy-trusted", TEXTS),
                            new Setting("max-body", SIZE),
                            new Setting("routes", CLASS),
                            new Setting("demo-routes", BOOL),
                            new Setting("server-header", TEXT),
                            new Setting("timeouts.header", DURATION),
                            new Setting("timeouts.keep-alive", DURATION),
                            new Setting("timeouts.stall", DURATION),
                            new Setting("tls.certificate", CERTIFICATE),
                            new Setting("tls.key", PRIVATE_KEY)),
                    List.of(
                            new Need(
                                    "proxy-protocol",
                                    "proxy-trusted",
                                    ": the load balancers' addresses or networks, or \"unix\"; from anyone else the header"
                                            + " could be forged"),
                            new Need("routes", "classpath", ": the jars or directories that the class is in"),
                            new Need("tls.certificate", "tls.key", ", the PEM file of its private key"),
                            new Need("tls.key", "tls.certificate", ", the PEM file of its certificate"))),
            new BuiltInHandler(
                    "ftp",
                    EnumSet.of(Transport.TCP),
                    false,
                    List.of(
                            new Setting("anonymous", BOOL),
                            new Setting("hidden", BOOL),
                            new Setting("banner", TEXT),
                            new Setting("passive-ports", PORTS),
                            new Setting("public-address", TEXT),
                            new Setting("timeouts.login", DURATION),
                            new Setting("timeouts.data", DURATION),
                            new Setting("tls.certificate", CERTIFICATE),
                            new Setting("tls.key", PRIVATE_KEY),
                            new Setting("tls.required", BOOL),
                            new Setting("users.*.password-hash", PASSWORD_HASH),
                            new Setting("users.*.root", DIRECTORY),
                            new Setting("users.*.read-only", BOOL),
                            new Setting("users.*.quota", SIZE)),
                    List.of(
                            new Need(
                                    "",
                                    List.of("anonymous", "users"),
                                    " = true or users.NAME.password-hash; as it is, nobody could log in"),
                            new Need("anonymous", "root", DIRECTORY_SERVED),
                            new Need("users.*", "users.*.password-hash", "; forkd hash-password makes one"),
                            new Need("users.*", List.of("users.*.root", "root"), ", or a root of the service"),
                            new Need("tls.required", "tls.certificate", " and tls.key"),
                            new Need("tls.certificate", "tls.key", ", the PEM file of its private key"),
                            new Need("tls.key", "tls.certificate", ", the PEM file of its certificate"))));

    static Optional<BuiltInHandler> named(String name) {
        return ALL.stream().filter(h -> h.name().equals(name)).findFirst();
    }

    static List<String> names() {
        return ALL.stream().map(BuiltInHandler::name).toList();
    }

    /** The settings that name a class of the user's own, with its name. */
    Map<String, String> ownClasses(Map<String, String> values) {
        return settings.stream()
                .filter(s -> s.kind() == CLASS && values.containsKey(s.name()))
                .collect(Collectors.toMap(Setting::name, s -> values.get(s.name())));
    }

    /** Whether there is such a class, whose settings are in the table {@code settings} beside the handler's. */
    boolean hasOwnClass(Map<String, String> values) {
        return !ownClasses(values).isEmpty();
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

package dev.forkd.supervisor.config;

import java.net.UnixDomainSocketAddress;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** Reads one {@code [services.NAME]} table. */
final class ServiceReader {
    static final int LONGEST_NAME = 63;

    /** It stands in log lines, metric labels and file names. */
    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9_-]{0," + (LONGEST_NAME - 1) + "}");

    private static final Pattern CLASS_NAME =
            Pattern.compile("([\\p{L}_$][\\p{L}\\p{N}_$]*\\.)*[\\p{L}_$][\\p{L}\\p{N}_$]*");

    private final PathReader paths;
    private final boolean accessLog;

    /** @param accessLog whether there is one */
    ServiceReader(PathReader paths, boolean accessLog) {
        this.paths = paths;
        this.accessLog = accessLog;
    }

    ServiceConfig read(String name, TableReader table) {
        if (!NAME.matcher(name).matches()) {
            table.problem("", "the service name \"" + name + "\" should be letters, digits, - and _ (at most 63)");
        }
        String handler = table.text("handler").orElse("");
        Optional<BuiltInHandler> builtIn = BuiltInHandler.named(handler);
        Optional<List<Path>> classpath = paths.classpath(table, "classpath");
        checkHandler(table, handler, builtIn, classpath);
        Optional<Path> root = table.text("root").flatMap(text -> paths.directory(table, "root", text));
        List<ListenUrl> listen = listen(table, builtIn);
        WorkersConfig workers = PoolReader.workers(table.table("workers"));
        TableReader timeouts = table.table("timeouts");
        TimeoutsConfig times =
                PoolReader.timeouts(timeouts); // before the settings, which are what nobody else has asked for
        Map<String, String> settings = settings(table, timeouts, builtIn, classpath);
        ServiceConfig service = new ServiceConfig(
                name,
                listen,
                handler,
                root,
                classpath.orElse(List.of()),
                workers,
                PoolReader.limits(table.table("limits")),
                times,
                table.choice("datagrams", DatagramMode.class, DatagramMode.EACH),
                settings,
                accessLog);
        builtIn.ifPresent(known -> checkSelector(table, known, service));
        checkThreads(table, service);
        table.finish(moreOnUnknownKeys(name, handler, builtIn, settings));
        return service;
    }

    private static String moreOnUnknownKeys(
            String name, String handler, Optional<BuiltInHandler> builtIn, Map<String, String> settings) {
        if (handler.isEmpty()) {
            return "";
        }
        String whose = builtIn.isEmpty() ? "a handler" : builtIn.get().hasOwnClass(settings) ? "a class" : "";
        return whose.isEmpty()
                ? ""
                : " (settings of " + whose + " of your own go into [services." + name + ".settings])";
    }

    private static void checkHandler(
            TableReader table, String handler, Optional<BuiltInHandler> builtIn, Optional<List<Path>> classpath) {
        String known = "built in: " + String.join(", ", BuiltInHandler.names());
        if (handler.isEmpty()) {
            if (!table.has("handler")) {
                table.problem(
                        "handler", "handler is missing; give a class name with its classpath, or one that is " + known);
            }
        } else if (!CLASS_NAME.matcher(handler).matches()) {
            table.problem("handler", "handler = \"" + handler + "\" is not a class name");
        } else if (builtIn.isEmpty() && table.isGiven("classpath")) {
            checkClass(table, "handler", handler, classpath);
        } else if (builtIn.isEmpty()) {
            table.problem(
                    "handler",
                    handler.indexOf('.') < 0
                            ? "unknown handler \"" + handler + "\"; " + known
                                    + "; one of your own is a class name with its classpath"
                                    + Nearest.hint(handler, BuiltInHandler.names())
                            : "handler = \"" + handler + "\" needs classpath: the jars or directories that the class is"
                                    + " in, such as classpath = [\"lib/*\"]");
        }
    }

    /** What an entry of the class path that is not there would have had is not known. */
    private static void checkClass(TableReader table, String key, String name, Optional<List<Path>> classpath) {
        if (classpath.filter(c -> !c.isEmpty()).isPresent() && OwnClass.isMissing(name, classpath.get())) {
            String entries = classpath.get().stream().map(Path::toString).collect(Collectors.joining(", "));
            table.problem(
                    key,
                    key + ": there is no class " + name + " in " + entries
                            + "; give its name with its package, and in classpath all that it is in");
        }
    }

    private List<ListenUrl> listen(TableReader table, Optional<BuiltInHandler> builtIn) {
        List<ListenUrl> urls = new ArrayList<>();
        for (String text : table.texts("listen")) {
            try {
                ListenUrl url = ListenUrl.parse(text, paths.base());
                if (url.address() instanceof UnixDomainSocketAddress unix) {
                    paths.directory(
                            table, "listen", String.valueOf(unix.getPath().getParent()));
                    PathReader.checkSocket(table, "listen", unix.getPath());
                }
                urls.add(url);
            } catch (IllegalArgumentException e) {
                table.problem("listen", "listen: " + e.getMessage());
            }
        }
        if (!table.has("listen")) {
            table.problem("listen", "listen is missing; give a list such as listen = [\"tcp://127.0.0.1:7007\"]");
        } else if (table.value("listen").filter(v -> v.isEmpty() && v.isArray()).isPresent()) {
            table.problem("listen", "listen is empty; give at least one URL, such as \"tcp://127.0.0.1:7007\"");
        }
        builtIn.ifPresent(known -> urls.stream()
                .filter(url -> !known.transports().contains(url.transport()))
                .forEach(url -> table.problem(
                        "listen",
                        "listen: handler \"" + known.name() + "\" cannot serve " + url.text() + "; it serves "
                                + known.transports().stream()
                                        .map(Transport::scheme)
                                        .collect(Collectors.joining(", ")))));
        return urls;
    }

    private Map<String, String> settings(
            TableReader table, TableReader timeouts, Optional<BuiltInHandler> builtIn, Optional<List<Path>> classpath) {
        Map<String, String> settings = new TreeMap<>();
        TableReader own = table.table("settings");
        if (builtIn.isPresent()) {
            BuiltInHandler handler = builtIn.get();
            SettingsReader reader = new SettingsReader(handler, paths, settings);
            reader.read(own, "");
            reader.read(timeouts, "timeouts.");
            reader.read(table, "");
            handler.needs().forEach(need -> need.check(table, handler.name(), reader.given(), table::isGiven));
            if (handler.hasOwnClass(settings)) {
                flatten(own, own.unasked(), settings);
                handler.ownClasses(settings).forEach((key, name) -> checkClass(table, key, name, classpath));
            }
            own.finish("");
        } else {
            flatten(own, own.names(), settings);
        }
        timeouts.finish("");
        return settings;
    }

    /** The settings of a class of the user's own, which only that can check. */
    private static void flatten(TableReader own, Collection<String> keys, Map<String, String> settings) {
        keys.forEach(key -> own.value(key).ifPresent(value -> SettingsReader.flatten(key, value, settings)));
    }

    private static void checkSelector(TableReader table, BuiltInHandler handler, ServiceConfig service) {
        if (service.workers().threads() == Threads.SELECTOR && !handler.eventDriven()) {
            table.table("workers")
                    .problem(
                            "threads",
                            "threads = \"selector\" needs an event-driven handler, which \"" + handler.name()
                                    + "\" is not; \"virtual\" serves many clients per worker with it");
        }
    }

    private static void checkThreads(TableReader table, ServiceConfig service) {
        if (service.datagrams() == DatagramMode.SESSION) {
            if (service.listen().stream().noneMatch(url -> url.transport() == Transport.UDP)) {
                table.problem("datagrams", "datagrams = \"session\" needs a udp listener");
            } else if (service.listen().stream().anyMatch(url -> url.transport() == Transport.UNIXGRAM)) {
                table.problem(
                        "datagrams",
                        "datagrams = \"session\" gives each source a socket of the listener's address, and the address of a"
                                + " unixgram listener can be bound once only; make it a service of its own");
            } else if (service.workers().threads() == Threads.SELECTOR) {
                table.problem(
                        "datagrams",
                        "datagrams = \"session\" waits for one source on a thread of its own, which threads = \"selector\""
                                + " does not have; \"each\" works with it");
            } else if (service.timeouts().idle().isZero()) {
                table.problem(
                        "datagrams",
                        "datagrams = \"session\" needs timeouts.idle: a session ends when its source has been idle for that"
                                + " long");
            }
        }
    }
}
